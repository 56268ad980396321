// Civil time as text (RFC 3339): written in UTC, with milliseconds or, where there are some, with
// microseconds.
#pragma once

#include "core/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

// "2026-01-31T09:30:00.000Z".
[[nodiscard]] std::string to_rfc3339(WallTime time);
// Any offset and any number of digits of a second (cut to microseconds), from 1678 to 2261. A leap
// second is the second after it.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace antiphon

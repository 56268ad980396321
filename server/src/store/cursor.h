// The opaque cursor of a list that is ordered by (time, id), newest first: it names the last row of
// a page, so rows that are added or removed meanwhile never shift the next page.
//
// Errors  decode: invalid_argument for anything encode() did not write.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/uuid.h"
#include "ports/stores.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::store {

inline constexpr std::size_t kPageLimitMax = 200;

// The database keeps microseconds; so does every store, or a cursor would skip rows.
using Microtime = std::chrono::sys_time<std::chrono::microseconds>;
[[nodiscard]] Microtime to_microtime(WallTime time);

struct Cursor {
  Microtime time;
  Uuid id;
};

[[nodiscard]] std::string encode_cursor(const Cursor& cursor);
[[nodiscard]] Result<Cursor> decode_cursor(std::string_view text);

// Checks limit and cursor of a request; nullopt: the first page.
[[nodiscard]] Result<std::optional<Cursor>> start_of(const PageRequest& page);

}  // namespace antiphon::store

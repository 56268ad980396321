// Percent encoding (RFC 3986): the unreserved characters stay as they are.
#pragma once

#include <string>
#include <string_view>

namespace antiphon {

// `also_plain` stay as they are too.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view also_plain = "");

}  // namespace antiphon

// What the texts of mails share.
#pragma once

#include <string>
#include <string_view>

namespace antiphon {

// For text and for attributes in double quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

// As one line: control characters become spaces. What people named themselves adds no line to a
// mail and no field to its head.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace antiphon

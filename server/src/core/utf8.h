// UTF-8 (RFC 3629): surrogates, overlong forms and values above U+10FFFF are invalid.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon {

// Bytes of the well-formed sequence at the front of `text`; 0 when there is none.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);
// Code points of valid UTF-8; a malformed byte counts as one.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
// The longest prefix of at most `code_points`.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t code_points);
// ASCII letters only; other bytes stay.
[[nodiscard]] std::string to_lower_ascii(std::string_view text);

}  // namespace antiphon

// ASCII classes without a locale. Bytes above 0x7f are none of these.
#pragma once

#include <algorithm>
#include <string_view>

namespace antiphon::speech_text {

[[nodiscard]] constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
[[nodiscard]] constexpr bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
[[nodiscard]] constexpr bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
[[nodiscard]] constexpr bool is_letter(char letter) { return is_upper(letter) || is_lower(letter); }
[[nodiscard]] constexpr bool is_alphanumeric(char letter) {
  return is_letter(letter) || is_digit(letter);
}
[[nodiscard]] constexpr bool is_space(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}
[[nodiscard]] constexpr bool is_vowel(char letter) {
  return std::string_view("aeiouyAEIOUY").contains(letter);
}
// Part of a word in any script.
[[nodiscard]] constexpr bool is_word_byte(char letter) {
  return is_alphanumeric(letter) || static_cast<unsigned char>(letter) >= 0x80;
}

// False for an empty text.
[[nodiscard]] constexpr bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}
[[nodiscard]] constexpr bool all_upper(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_upper);
}
[[nodiscard]] constexpr bool all_lower(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_lower);
}
[[nodiscard]] constexpr bool all_letters(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_letter);
}
[[nodiscard]] constexpr bool has_vowel(std::string_view text) {
  return std::ranges::any_of(text, is_vowel);
}
[[nodiscard]] constexpr bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, is_digit);
}
// "Smith": a name, or the first word of a sentence.
[[nodiscard]] constexpr bool is_capitalised(std::string_view text) {
  return !text.empty() && is_upper(text.front());
}

[[nodiscard]] constexpr std::size_t digits_at(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count]))
    ++count;
  return count;
}

}  // namespace antiphon::speech_text

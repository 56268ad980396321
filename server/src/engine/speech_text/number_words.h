// Numbers in English words, the American way: "one hundred five", "twenty twenty-six".
//
// Input   ASCII digits without signs or separators.
// Limits  cardinals and ordinals up to 18 digits; longer ones are read digit by digit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon::speech_text {

[[nodiscard]] std::string cardinal(std::string_view digits);
[[nodiscard]] std::string ordinal(std::string_view digits);
// "twenty-six" → "twenty-sixes"; "one" → "ones": decades and the parts of a fraction.
[[nodiscard]] std::string plural(std::string_view word);
// 1905 is "nineteen oh five", 2026 "twenty twenty-six".
[[nodiscard]] std::string year_words(std::string_view four_digits);
// As rooms and houses are read: 214 is "two fourteen", 1600 "sixteen hundred".
[[nodiscard]] std::string pair_words(std::string_view digits);
// "one two three"
[[nodiscard]] std::string digits_apart(std::string_view digits);
// Long numbers as people dictate them: groups of three or four with a comma between.
[[nodiscard]] std::string digit_groups(std::string_view digits);

// What a number looks like where it is written: -1,234.50
struct Figure {
  bool is_negative = false;
  bool has_plus = false;
  bool is_grouped = false;  // with commas
  std::string digits;       // without the commas; may be empty before a point: ".5"
  std::string fraction;
  std::size_t length = 0;  // bytes of the text it takes
};

// The figure at the front of `text`, if there is one.
[[nodiscard]] std::optional<Figure> read_figure(std::string_view text);
// Reads long numbers and ones with leading zeros digit by digit.
[[nodiscard]] std::string figure_words(const Figure& figure);

[[nodiscard]] std::uint32_t small_number(std::string_view digits);  // at most 9 digits

}  // namespace antiphon::speech_text

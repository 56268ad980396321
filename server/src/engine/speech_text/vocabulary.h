// The words a rule must know. Case counts only where it says so.
#pragma once

#include <string>
#include <string_view>

namespace antiphon::speech_text {

// "November" for "November" and "Nov"; empty for any other word.
[[nodiscard]] std::string_view month_name(std::string_view word);
// 1 to 12.
[[nodiscard]] std::string_view month_of(unsigned number);
// "Monday" for "Monday" and "Mon".
[[nodiscard]] std::string_view weekday_name(std::string_view word);

enum class Amount : unsigned char { one, many };

// "kilograms per hour" for "kg/h"; empty when it is no unit.
[[nodiscard]] std::string unit_name(std::string_view symbol, Amount amount);
// The symbol is a word too ("in", "s"), and a unit only where it stands at the number.
[[nodiscard]] bool is_ambiguous_unit(std::string_view symbol);
// "k", "M", "bn": thousand, million, billion.
[[nodiscard]] std::string_view scale_name(std::string_view suffix);
// The word itself: "million".
[[nodiscard]] bool is_scale(std::string_view word);

struct Currency {
  std::string_view one;
  std::string_view many;
  std::string_view cent;
  std::string_view cents;  // empty: it has none
};

// A sign ("$", "US$", "€") at the front of `text`, or a code ("USD") that is all of it.
struct CurrencySign {
  const Currency* currency = nullptr;
  std::size_t length = 0;
};
[[nodiscard]] CurrencySign currency_sign(std::string_view text);
[[nodiscard]] const Currency* currency_code(std::string_view word);

// Letters that are read one by one: "FAQ" but not "NASA".
[[nodiscard]] bool is_spelled(std::string_view capitals);
// A common word that somebody shouts: "NOT".
[[nodiscard]] bool is_shouted_word(std::string_view capitals);
// "F A Q"
[[nodiscard]] std::string spelled(std::string_view letters);
// "com", "org", "io": what may end an address without www.
[[nodiscard]] bool is_top_level_domain(std::string_view word);
[[nodiscard]] bool is_one_of(std::string_view word, std::string_view space_separated);

}  // namespace antiphon::speech_text

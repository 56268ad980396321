#include "engine/speech_text/number_words.h"

#include "engine/speech_text/letters.h"

#include <array>
#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::size_t kCardinalDigitsMax = 18;
// A longer number without commas is a name of something, not an amount.
constexpr std::size_t kPlainDigitsMax = 6;

constexpr std::array<std::string_view, 20> kUnits{
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kTens{"",      "",      "twenty",  "thirty", "forty",
                                                 "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array<std::string_view, 6> kScales{"",         " thousand", " million",
                                                  " billion", " trillion", " quadrillion"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOrdinals{{
    {"one", "first"},
    {"two", "second"},
    {"three", "third"},
    {"five", "fifth"},
    {"eight", "eighth"},
    {"nine", "ninth"},
    {"twelve", "twelfth"},
    {"y", "ieth"},
}};

void append_word(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}

std::string below_hundred(std::uint32_t number) {
  if (number < kUnits.size()) return std::string(kUnits[number]);
  std::string words(kTens[number / 10]);
  if (number % 10 != 0) (words += '-') += kUnits[number % 10];
  return words;
}

std::string below_thousand(std::uint32_t number) {
  if (number < 100) return below_hundred(number);
  std::string words(kUnits[number / 100]);
  words += " hundred";
  if (number % 100 != 0) append_word(words, below_hundred(number % 100));
  return words;
}

std::string_view without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0')
    digits.remove_prefix(1);
  return digits;
}

// 2500000 is an amount.
bool is_round(std::string_view digits) {
  constexpr std::size_t kLeadingMax = 3;
  return digits.find_last_not_of('0') < kLeadingMax;
}

}  // namespace

std::uint32_t small_number(std::string_view digits) {
  std::uint32_t number = 0;
  for (const char digit : digits.substr(0, 9)) {
    number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return number;
}

std::string cardinal(std::string_view digits) {
  digits = without_leading_zeros(digits);
  if (digits.size() > kCardinalDigitsMax) return digit_groups(digits);
  std::string words;
  while (!digits.empty()) {
    const std::size_t groups = (digits.size() + 2) / 3;
    const std::size_t length = digits.size() - (groups - 1) * 3;
    const std::uint32_t group = small_number(digits.substr(0, length));
    digits.remove_prefix(length);
    if (group == 0) continue;
    append_word(words, below_thousand(group));
    words += kScales[groups - 1];
  }
  return words.empty() ? std::string(kUnits[0]) : words;
}

std::string ordinal(std::string_view digits) {
  std::string words = cardinal(digits);
  for (const auto& [ending, replacement] : kOrdinals) {
    if (!words.ends_with(ending)) continue;
    words.replace(words.size() - ending.size(), ending.size(), replacement);
    return words;
  }
  return words += "th";
}

std::string plural(std::string_view word) {
  std::string words(word);
  if (words.ends_with('y')) return words.replace(words.size() - 1, 1, "ies");
  return words += words.ends_with('x') || words.ends_with('s') ? "es" : "s";
}

std::string year_words(std::string_view four_digits) {
  const std::uint32_t year = small_number(four_digits);
  if (four_digits.size() != 4 || year < 1'000) return cardinal(four_digits);
  const std::uint32_t century = year / 100;
  const std::uint32_t rest = year % 100;
  if (century % 10 == 0 && rest < 10) return cardinal(four_digits);
  std::string words = below_hundred(century);
  if (rest == 0) return words += " hundred";
  if (rest < 10) words += " oh";
  return words += ' ' + below_hundred(rest);
}

std::string pair_words(std::string_view digits) {
  if (digits.size() < 3 || digits.size() > 4 || digits.front() == '0') return cardinal(digits);
  const std::string_view rest = digits.substr(digits.size() - 2);
  std::string words = cardinal(digits.substr(0, digits.size() - 2));
  if (rest == "00") return digits.ends_with("000") ? cardinal(digits) : words + " hundred";
  if (rest.front() == '0') return words + " oh " + cardinal(rest);
  return words + " " + cardinal(rest);
}

std::string digits_apart(std::string_view digits) {
  std::string words;
  for (const char digit : digits) {
    append_word(words, kUnits[static_cast<std::size_t>(digit - '0')]);
  }
  return words;
}

std::string digit_groups(std::string_view digits) {
  if (digits.size() <= 4) return digits_apart(digits);
  std::string words;
  // A lone 1 in front is the country code of an eleven-digit number.
  if (digits.size() == 11 && digits.front() == '1') {
    words = "one";
    digits.remove_prefix(1);
  }
  while (!digits.empty()) {
    const std::size_t length = digits.size() <= 4 ? digits.size() : 3;
    if (!words.empty()) words += ", ";
    words += digits_apart(digits.substr(0, length));
    digits.remove_prefix(length);
  }
  return words;
}

std::optional<Figure> read_figure(std::string_view text) {
  Figure figure;
  std::size_t at = 0;
  if (text.starts_with('-') || text.starts_with('+')) {
    figure.is_negative = text.front() == '-';
    figure.has_plus = !figure.is_negative;
    at = 1;
  }
  const std::size_t first = digits_at(text.substr(at));
  figure.digits = text.substr(at, first);
  at += first;
  while (first > 0 && first <= 3 && at < text.size() && text[at] == ',' &&
         digits_at(text.substr(at + 1)) == 3) {
    figure.is_grouped = true;
    figure.digits += text.substr(at + 1, 3);
    at += 4;
  }
  if (at < text.size() && text[at] == '.') {
    const std::size_t length = digits_at(text.substr(at + 1));
    figure.fraction = text.substr(at + 1, length);
    if (length > 0) at += 1 + length;
  }
  if (figure.digits.empty() && figure.fraction.empty()) return std::nullopt;
  figure.length = at;
  return figure;
}

std::string figure_words(const Figure& figure) {
  std::string words;
  if (figure.is_negative) words = "minus ";
  if (figure.has_plus) words = "plus ";
  const std::string_view digits = figure.digits;
  const bool is_name = !figure.is_grouped &&
                       ((digits.size() > kPlainDigitsMax && !is_round(digits)) ||
                        (digits.size() > 1 && digits.front() == '0' && figure.fraction.empty()));
  words += digits.empty() ? "zero" : is_name ? digit_groups(digits) : cardinal(digits);
  if (!figure.fraction.empty()) words += " point " + digits_apart(figure.fraction);
  return words;
}

}  // namespace antiphon::speech_text

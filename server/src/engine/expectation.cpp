#include "engine/expectation.h"

#include "engine/words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace antiphon {

namespace {

using Named = std::pair<std::string_view, std::string_view>;

constexpr std::array<Named, 12> kDigits{{{"zero", "0"},
                                         {"oh", "0"},
                                         {"o", "0"},
                                         {"one", "1"},
                                         {"two", "2"},
                                         {"three", "3"},
                                         {"four", "4"},
                                         {"five", "5"},
                                         {"six", "6"},
                                         {"seven", "7"},
                                         {"eight", "8"},
                                         {"nine", "9"}}};
constexpr std::array<Named, 10> kTeens{{{"ten", "10"},
                                        {"eleven", "11"},
                                        {"twelve", "12"},
                                        {"thirteen", "13"},
                                        {"fourteen", "14"},
                                        {"fifteen", "15"},
                                        {"sixteen", "16"},
                                        {"seventeen", "17"},
                                        {"eighteen", "18"},
                                        {"nineteen", "19"}}};
constexpr std::array<Named, 8> kTens{{{"twenty", "2"},
                                      {"thirty", "3"},
                                      {"forty", "4"},
                                      {"fifty", "5"},
                                      {"sixty", "6"},
                                      {"seventy", "7"},
                                      {"eighty", "8"},
                                      {"ninety", "9"}}};
constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 12> kWholeDates{
    "today",    "tomorrow", "tonight",  "monday", "tuesday",   "wednesday",
    "thursday", "friday",   "saturday", "sunday", "yesterday", "weekend"};
constexpr std::array<std::string_view, 14> kYesNo{
    "yes", "no",  "yeah", "yep",     "nope",  "sure",       "okay",
    "ok",  "nah", "yup",  "correct", "right", "absolutely", "definitely"};
constexpr std::array<std::string_view, 14> kTopDomains{
    "com", "org", "net", "edu", "gov", "io", "co", "uk", "de", "us", "info", "biz", "eu", "ca"};
constexpr std::array<std::string_view, 12> kOrdinals{"first", "second", "third",   "fourth",
                                                     "fifth", "sixth",  "seventh", "eighth",
                                                     "ninth", "tenth",  "twelfth", "thirtieth"};

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

template <std::size_t Count>
std::optional<std::string_view> find(const std::array<Named, Count>& list, std::string_view word) {
  const auto found = std::ranges::find(list, word, &Named::first);
  if (found == list.end()) return std::nullopt;
  return found->second;
}

bool is_figure(std::string_view word) {
  return !word.empty() &&
         std::ranges::all_of(word, [](char letter) { return letter >= '0' && letter <= '9'; });
}

bool has_figure(std::string_view word) {
  return std::ranges::any_of(word, [](char letter) { return letter >= '0' && letter <= '9'; });
}

int repeats_of(std::string_view word) {
  if (word == "double") return 2;
  return word == "triple" ? 3 : 1;
}

ValueVerdict judge_length(std::size_t length, const TurnExpectation& expected) {
  if (length == 0) return ValueVerdict::none;
  if (expected.length_max > 0 && length >= expected.length_max) return ValueVerdict::whole;
  return length < expected.length_min ? ValueVerdict::open : ValueVerdict::likely;
}

// Seven digits are a number too, but more often the beginning of ten.
ValueVerdict judge_phone(const std::string& digits) {
  const std::size_t count = digits.size();
  if (count == 0) return ValueVerdict::none;
  const std::size_t whole = digits.starts_with('1') ? 11 : 10;
  if (count >= whole) return ValueVerdict::whole;
  return count == 7 || count == 9 ? ValueVerdict::likely : ValueVerdict::open;
}

bool is_spelled(const std::string& word) {
  return word == "at" || word == "dot" || word == "underscore" || word == "dash" ||
         (word.size() == 1 && word != "i" && word != "a");
}

// What stands behind the last dot, its letters joined: "dot u k" is uk.
std::string top_domain(std::string_view text, const std::vector<std::string>& words) {
  const auto dot = std::ranges::find(words.rbegin(), words.rend(), "dot");
  if (dot == words.rend())
    return text.find('.') != std::string_view::npos ? words.back() : std::string();
  std::string joined;
  for (auto word = dot.base(); word != words.end(); ++word)
    joined += *word;
  return joined;
}

// "jo at example dot com", "jo@example.com".
ValueVerdict judge_email(std::string_view text, const std::vector<std::string>& words) {
  const bool written = text.find('@') != std::string_view::npos;
  const bool spelled = std::ranges::any_of(words, is_spelled);
  if (!written && !spelled) return ValueVerdict::none;
  const bool at = written || std::ranges::find(words, "at") != words.end();
  return at && has(kTopDomains, top_domain(text, words)) ? ValueVerdict::whole : ValueVerdict::open;
}

bool is_number(const std::string& word) {
  return has_figure(word) || find(kDigits, word) || find(kTeens, word) || find(kTens, word);
}

// A day of birth has a year, an appointment none: without one the date may go on.
ValueVerdict judge_date(const std::vector<std::string>& words) {
  bool month = false;
  bool day = false;
  std::size_t numbers_after = 0;  // beyond the first that can be the day
  for (const std::string& word : words) {
    if (has(kWholeDates, word)) return ValueVerdict::whole;
    month = month || has(kMonths, word);
    const bool number = is_number(word) || has(kOrdinals, word) || word == "thousand";
    if (number && day && month) ++numbers_after;
    day = day || number;
  }
  if (!month && !day) return ValueVerdict::none;
  if (!month || !day) return ValueVerdict::open;
  const bool year = numbers_after >= 2 || (numbers_after == 1 && has_figure(words.back()));
  return year ? ValueVerdict::whole : ValueVerdict::likely;
}

// A letter that is spelled; "I" and "a" only beside other letters and figures.
bool is_letter(std::span<const std::string> words, std::size_t at) {
  const std::string& word = words[at];
  if (word.size() != 1 || word[0] < 'a' || word[0] > 'z' || word == "o") return false;
  if (word != "i" && word != "a") return true;
  const auto belongs = [&](std::size_t other) {
    return other < words.size() &&
           (words[other].size() == 1 || words[other] == "as" || is_number(words[other]));
  };
  return belongs(at + 1) || (at > 0 && belongs(at - 1));
}

}  // namespace

std::string digits_of(std::span<const std::string> words) {
  std::string digits;
  int repeats = 1;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    std::string found;
    if (const auto digit = find(kDigits, word)) {
      found = *digit;
    } else if (const auto teen = find(kTeens, word)) {
      found = *teen;
    } else if (const auto ten = find(kTens, word)) {
      found = *ten;
      const auto unit = at + 1 < words.size() ? find(kDigits, words[at + 1]) : std::nullopt;
      const bool joined = unit && *unit != "0";
      found += joined ? *unit : "0";
      if (joined) ++at;
    } else if (is_figure(word)) {
      found = word;
    } else if (word == "hundred" && !digits.empty()) {
      found = "00";
    }
    for (int turn = 0; turn < repeats; ++turn)
      digits += found;
    repeats = repeats_of(word);
  }
  return digits;
}

std::string code_of(std::span<const std::string> words) {
  std::string code;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "as" && at + 2 < words.size() && words[at + 1] == "in") {
      at += 2;
    } else if (is_letter(words, at)) {
      code += word;
    } else {
      // Number words that belong together are read together: "thirty five" is 35.
      std::size_t end = at + 1;
      while (end < words.size() && !digits_of(words.subspan(end, 1)).empty())
        ++end;
      code += digits_of(words.subspan(at, end - at));
      at = end - 1;
    }
  }
  return code;
}

ValueVerdict judge_value(const TurnExpectation& expected, std::string_view partial) {
  if (expected.value == ExpectedValue::none) return ValueVerdict::none;
  const std::vector<std::string> words = words_of(partial);
  if (words.empty()) return ValueVerdict::none;
  switch (expected.value) {
    case ExpectedValue::none:
      break;
    case ExpectedValue::yes_no:
      return has(kYesNo, words.front()) ? ValueVerdict::whole : ValueVerdict::none;
    case ExpectedValue::digits:
      return judge_length(digits_of(words).size(), expected);
    case ExpectedValue::code:
      return judge_length(code_of(words).size(), expected);
    case ExpectedValue::phone:
      return judge_phone(digits_of(words));
    case ExpectedValue::email:
      return judge_email(partial, words);
    case ExpectedValue::date:
      return judge_date(words);
  }
  return ValueVerdict::none;
}

}  // namespace antiphon

#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <array>
#include <optional>

namespace antiphon::speech_text {

namespace {

struct Date {
  unsigned month = 0;
  unsigned day = 0;
  std::string_view year;  // empty: not said
};

bool is_valid(const Date& date) {
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
}

std::string year_of(std::string_view year) {
  // Two digits are of this century or the last one, as people say them.
  if (year.size() == 2) return (year < "70" ? "twenty " : "nineteen ") + cardinal(year);
  return year_words(year);
}

std::string date_words(const Date& date) {
  std::string words(month_of(date.month));
  (words += ' ') += ordinal(std::to_string(date.day));
  if (!date.year.empty()) (words += ", ") += year_of(date.year);
  return words;
}

struct Numbers {
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  char separator = '\0';
};

// "11/22/2026", with one separator throughout.
std::optional<Numbers> read_numbers(std::string_view text) {
  Numbers numbers;
  while (numbers.count < numbers.parts.size()) {
    const std::size_t length = digits_at(text);
    if (length == 0 || length > 4) return std::nullopt;
    numbers.parts[numbers.count++] = text.substr(0, length);
    text.remove_prefix(length);
    if (text.empty()) return numbers;
    if (!std::string_view("/.-").contains(text.front())) return std::nullopt;
    if (numbers.separator != '\0' && numbers.separator != text.front()) return std::nullopt;
    numbers.separator = text.front();
    text.remove_prefix(1);
  }
  return std::nullopt;
}

// A day of a month without a year looks like a fraction; these words tell.
bool is_date_expected(const Tokens& tokens, std::size_t at) {
  const std::string before = to_lower_ascii(tokens.previous(at));
  return is_one_of(before, "on by until till from due since before after date dated through") ||
         !weekday_name(tokens.previous(at)).empty();
}

bool is_simple_fraction(std::string_view over, std::string_view under) {
  return small_number(over) <= small_number(under) &&
         is_one_of(under, "2 3 4 5 6 7 8 9 10 12 16 20");
}

std::optional<Date> read_date(const Numbers& numbers, bool is_expected) {
  const auto& [one, two, three] = numbers.parts;
  const auto number = [](std::string_view digits) { return small_number(digits); };
  if (numbers.count == 2) {
    const Date date{number(one), number(two), {}};
    const bool is_day = one.size() <= 2 && two.size() <= 2 && numbers.separator == '/' &&
                        (is_expected || !is_simple_fraction(one, two));
    return is_day && is_valid(date) ? std::optional(date) : std::nullopt;
  }
  if (numbers.count != 3) return std::nullopt;
  if (one.size() == 4 && two.size() <= 2 && three.size() <= 2) {
    const Date date{number(two), number(three), one};
    return is_valid(date) ? std::optional(date) : std::nullopt;
  }
  const bool has_year = three.size() == 4 || (three.size() == 2 && numbers.separator == '/');
  if (one.size() > 2 || two.size() > 2 || !has_year) return std::nullopt;
  const Date american{number(one), number(two), three};
  const Date european{number(two), number(one), three};
  // With points the day comes first; else the American order, unless it cannot be.
  const bool is_american = numbers.separator != '.' && is_valid(american);
  const Date& date = is_american ? american : european;
  return is_valid(date) ? std::optional(date) : std::nullopt;
}

// The digits of "22", "22nd"; empty when it is no day of a month.
std::string_view day_of(std::string_view core) {
  const std::size_t length = digits_at(core);
  const std::string_view ending = core.substr(length);
  if (length == 0 || length > 2) return {};
  if (!ending.empty() && !is_one_of(ending, "st nd rd th")) return {};
  const auto day = small_number(core.substr(0, length));
  return day >= 1 && day <= 31 ? core.substr(0, length) : std::string_view();
}

bool is_year(std::string_view core) {
  return core.size() == 4 && all_digits(core) && core >= "1000" && core < "2200";
}

bool is_full(std::string_view word, std::string_view name) { return word == name; }

// "22-24" behind a month.
std::string days_words(std::string_view core) {
  const std::size_t hyphen = core.find('-');
  if (hyphen == std::string_view::npos) {
    const std::string_view day = day_of(core);
    return day.empty() ? std::string() : ordinal(day);
  }
  const std::string_view first = day_of(core.substr(0, hyphen));
  const std::string_view last = day_of(core.substr(hyphen + 1));
  if (first.empty() || last.empty()) return {};
  return ordinal(first) + " to " + ordinal(last);
}

// "Nov 22, 2026", "Nov. 22-24", "November 2026"
Phrase month_first(const Tokens& tokens, std::size_t at, std::string_view month) {
  Phrase phrase;
  const bool is_short = !is_full(tokens.core(at), month);
  const std::string_view following = tokens.next_past(at, is_short ? "." : "");
  if (is_year(following)) {
    phrase.say(1, std::string(month), Point::drop);
    phrase.say(1, year_words(following));
    return phrase;
  }
  std::string days = days_words(following);
  if (days.empty()) return phrase;
  phrase.say(1, std::string(month), Point::drop);
  phrase.say(1, std::move(days));
  const std::string_view year = tokens.next_past(at + 1, ",");
  if (is_year(year)) phrase.say(1, year_words(year));
  return phrase;
}

// "22 Nov 2026", "22nd of Nov"
Phrase day_first(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view day = day_of(tokens.core(at));
  if (day.empty()) return phrase;
  const bool has_of = tokens.next(at) == "of";
  const std::size_t month_at = at + (has_of ? 2 : 1);
  const std::string_view word = tokens.next(month_at - 1);
  const std::string_view month = month_name(word);
  if (month.empty()) return phrase;
  const bool has_article = is_one_of(to_lower_ascii(tokens.previous(at)), "the of");
  phrase.say(has_of ? 2 : 1, (has_article ? "" : "the ") + ordinal(day) + " of");
  const std::string_view year = tokens.next_past(month_at, is_full(word, month) ? "," : ".");
  const bool ends_here = !is_year(year) && point_behind(tokens, month_at) == Point::keep;
  phrase.say(1, std::string(month), ends_here || is_full(word, month) ? Point::keep : Point::drop);
  if (is_year(year)) phrase.say(1, year_words(year));
  return phrase;
}

std::string_view name_of(std::string_view word) {
  const std::string_view weekday = weekday_name(word);
  return weekday.empty() ? month_name(word) : weekday;
}

// "Mon-Fri", "Jan-Mar", and "Sat" where it is no verb.
Phrase names(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view core = tokens.core(at);
  const std::size_t hyphen = core.find('-');
  if (hyphen != std::string_view::npos) {
    const std::string_view first = name_of(core.substr(0, hyphen));
    const std::string_view last = name_of(core.substr(hyphen + 1));
    if (first.empty() || last.empty()) return phrase;
    phrase.say(1, std::string(first).append(" to ").append(last));
    return phrase;
  }
  const std::string_view weekday = weekday_name(core);
  if (weekday.empty() || weekday == core) return phrase;
  const std::string_view following = tokens.core(at + 1);
  const bool is_beside_day =
      !weekday_name(following).empty() || !weekday_name(tokens.previous(at)).empty() ||
      (!following.empty() && (is_digit(following.front()) || !month_name(following).empty())) ||
      following == "-" || following == "&";
  if (!is_beside_day && is_one_of(core, "Sat Sun Wed")) return phrase;
  phrase.say(1, std::string(weekday), is_beside_day ? Point::drop : point_behind(tokens, at));
  return phrase;
}

}  // namespace

Phrase speak_date(const Tokens& tokens, std::size_t at) {
  const std::string_view core = tokens.core(at);
  if (core.empty()) return {};
  if (is_digit(core.front())) {
    // 2026-11-22T09:30:00Z keeps its date; nobody wants the rest read out.
    const bool has_time = core.size() > 16 && core[10] == 'T' && core[13] == ':' &&
                          all_digits(core.substr(11, 2)) && all_digits(core.substr(14, 2));
    const auto numbers = read_numbers(has_time ? core.substr(0, 10) : core);
    const auto date = numbers ? read_date(*numbers, is_date_expected(tokens, at)) : std::nullopt;
    if (!date) return day_first(tokens, at);
    Phrase phrase;
    std::string words = date_words(*date);
    if (has_time) {
      const std::string_view minutes = core.substr(14, 2);
      words += ", " + cardinal(core.substr(11, 2));
      words += minutes == "00" ? " hundred hours" : " " + cardinal(minutes);
    }
    phrase.say(1, std::move(words));
    return phrase;
  }
  if (!is_upper(core.front())) return {};
  const std::string_view month = month_name(core);
  if (!month.empty()) {
    Phrase phrase = month_first(tokens, at, month);
    if (!phrase.empty()) return phrase;
  }
  return names(tokens, at);
}

}  // namespace antiphon::speech_text

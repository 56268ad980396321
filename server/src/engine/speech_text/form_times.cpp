#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <optional>

namespace antiphon::speech_text {

namespace {

enum class HalfDay : std::uint8_t { unknown, morning, evening };

struct ClockTime {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  bool has_minute = false;
  bool has_second = false;
  HalfDay half = HalfDay::unknown;
  std::size_t length = 0;
};

// "am", "a.m", "PM": the last point is the token's trail.
HalfDay half_day(std::string_view word) {
  const std::string lower = to_lower_ascii(word);
  if (lower == "am" || lower == "a.m" || lower == "a.m.") return HalfDay::morning;
  if (lower == "pm" || lower == "p.m" || lower == "p.m.") return HalfDay::evening;
  return HalfDay::unknown;
}

// ":30" at the front.
std::optional<unsigned> read_sixtieth(std::string_view text) {
  if (!text.starts_with(':') || digits_at(text.substr(1)) != 2) return std::nullopt;
  const unsigned number = small_number(text.substr(1, 2));
  return number < 60 ? std::optional(number) : std::nullopt;
}

std::optional<ClockTime> read_time(std::string_view text) {
  ClockTime time;
  const std::size_t digits = digits_at(text);
  if (digits == 0 || digits > 2) return std::nullopt;
  time.hour = small_number(text.substr(0, digits));
  time.length = digits;
  if (const auto minute = read_sixtieth(text.substr(time.length))) {
    time.has_minute = true;
    time.minute = *minute;
    time.length += 3;
    if (const auto second = read_sixtieth(text.substr(time.length))) {
      time.has_second = true;
      time.second = *second;
      time.length += 3;
    }
  }
  std::string_view rest = text.substr(time.length);
  const std::string_view word = rest.substr(0, rest.find('-'));
  time.half = half_day(word);
  if (time.half != HalfDay::unknown) {
    time.length += word.size();
    if (time.hour < 1 || time.hour > 12) return std::nullopt;
  }
  if (time.hour > 23) return std::nullopt;
  return time;
}

std::string half_words(HalfDay half) { return half == HalfDay::morning ? " A M" : " P M"; }

std::string time_words(ClockTime time, HalfDay shared = HalfDay::unknown) {
  if (time.half == HalfDay::unknown && time.hour == 0 && time.minute == 0) return "midnight";
  if (time.half == HalfDay::unknown && (time.hour > 12 || time.hour == 0)) {
    time.half = time.hour == 0 ? HalfDay::morning : HalfDay::evening;
    time.hour = time.hour == 0 ? 12 : time.hour - 12;
  }
  if (time.half == HalfDay::unknown) time.half = shared;
  std::string words = cardinal(std::to_string(time.hour));
  if (time.minute == 0) {
    if (time.has_minute && time.half == HalfDay::unknown) words += " o'clock";
  } else {
    words += time.minute < 10 ? " oh " : " ";
    words += cardinal(std::to_string(time.minute));
  }
  return time.half == HalfDay::unknown ? words : words + half_words(time.half);
}

std::string count_words(unsigned count, std::string_view one) {
  std::string words = cardinal(std::to_string(count));
  (words += ' ') += one;
  return count == 1 ? words : words + "s";
}

// 1:30:00 is how long something takes.
std::string duration_words(const ClockTime& time) {
  std::string words = count_words(time.hour, "hour");
  if (time.minute > 0) words += ", " + count_words(time.minute, "minute");
  if (time.second > 0) words += ", " + count_words(time.second, "second");
  return words;
}

// "9:00-17:00", "9-5pm"; the second may have its half of the day in the next token.
std::string range_words(const ClockTime& from, ClockTime to) {
  HalfDay shared = HalfDay::unknown;
  if (to.half == HalfDay::unknown && to.hour > 12 && from.hour <= 12) shared = HalfDay::morning;
  return time_words(from, shared) + " to " + time_words(to);
}

// "9 a.m.-5 p.m.": the first half of the day stands in the second token, at the hyphen.
Phrase range_over_tokens(const Tokens& tokens, std::size_t at, ClockTime first) {
  Phrase phrase;
  const std::string_view middle = tokens.next(at);
  const std::size_t hyphen = middle.find('-');
  if (hyphen == std::string_view::npos || first.hour < 1 || first.hour > 12) return phrase;
  first.half = half_day(middle.substr(0, hyphen));
  auto second = read_time(middle.substr(hyphen + 1));
  if (first.half == HalfDay::unknown || !second) return phrase;
  if (hyphen + 1 + second->length != middle.size()) return phrase;
  std::size_t last = at + 1;
  if (second->half == HalfDay::unknown) {
    second->half = half_day(tokens.next(last));
    if (second->half != HalfDay::unknown) ++last;
  }
  phrase.say(last - at + 1, range_words(first, *second), point_behind(tokens, last));
  return phrase;
}

}  // namespace

Phrase speak_time(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view core = tokens.core(at);
  if (core.empty() || !is_digit(core.front())) return phrase;
  auto first = read_time(core);
  if (!first) return phrase;
  const HalfDay behind = half_day(tokens.next(at));
  const std::size_t last = behind == HalfDay::unknown ? at : at + 1;
  const bool has_half = behind != HalfDay::unknown || core.ends_with('m') || core.ends_with('M');
  const Point point = has_half ? point_behind(tokens, last) : Point::keep;
  if (first->length < core.size()) {
    if (core[first->length] != '-') return phrase;
    auto second = read_time(core.substr(first->length + 1));
    if (!second || first->length + 1 + second->length != core.size()) return phrase;
    if (second->half == HalfDay::unknown) second->half = behind;
    const bool is_time = first->has_minute || second->has_minute ||
                         first->half != HalfDay::unknown || second->half != HalfDay::unknown;
    if (!is_time) return phrase;
    phrase.say(last - at + 1, range_words(*first, *second), point);
    return phrase;
  }
  if (first->half == HalfDay::unknown && behind == HalfDay::unknown) {
    phrase = range_over_tokens(tokens, at, *first);
    if (!phrase.empty()) return phrase;
  }
  if (first->half == HalfDay::unknown) {
    if (behind != HalfDay::unknown && (first->hour < 1 || first->hour > 12)) return phrase;
    first->half = behind;
  }
  if (!first->has_minute && first->half == HalfDay::unknown) return phrase;
  const bool is_duration = first->has_second && first->half == HalfDay::unknown;
  phrase.say(last - at + 1, is_duration ? duration_words(*first) : time_words(*first), point);
  return phrase;
}

}  // namespace antiphon::speech_text

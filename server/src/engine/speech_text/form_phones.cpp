#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

namespace antiphon::speech_text {

namespace {

constexpr std::size_t kGroupsMax = 6;
constexpr std::size_t kDigitsMin = 7;
constexpr std::size_t kDigitsMax = 15;

struct Group {
  std::string_view digits;
  std::size_t end = 0;     // in the text, behind a closing bracket
  bool is_joined = false;  // to the one before by a hyphen or a point
};

struct Written {
  bool has_plus = false;
  bool has_brackets = false;
  std::vector<Group> groups;
};

Written read_groups(std::string_view text) {
  Written number;
  std::size_t at = 0;
  number.has_plus = text.starts_with('+');
  if (number.has_plus) at = 1;
  bool is_joined = false;
  while (number.groups.size() < kGroupsMax) {
    const bool opens = at < text.size() && text[at] == '(';
    const std::size_t begin = at + (opens ? 1 : 0);
    const std::size_t length = digits_at(text.substr(begin, kDigitsMax + 1));
    std::size_t end = begin + length;
    if (length == 0 || length > kDigitsMax) break;
    if (opens && (end == text.size() || text[end] != ')')) break;
    if (opens) ++end;
    const bool is_area = number.groups.empty() ||
                         (number.groups.size() == 1 && number.groups.front().digits.size() <= 2);
    number.has_brackets |= opens && is_area;
    number.groups.push_back({text.substr(begin, length), end, is_joined});
    at = end;
    is_joined = at < text.size() && (text[at] == '-' || text[at] == '.');
    if (is_joined || (at < text.size() && text[at] == ' ')) ++at;
  }
  return number;
}

bool has_lengths(std::span<const Group> groups, std::initializer_list<std::size_t> lengths) {
  return std::ranges::equal(groups, lengths, {},
                            [](const Group& group) { return group.digits.size(); });
}

bool is_phone(const Written& number, std::span<const Group> groups) {
  std::size_t digits = 0;
  for (const Group& group : groups)
    digits += group.digits.size();
  if (digits < kDigitsMin || digits > kDigitsMax + 1) return false;
  if (number.has_plus) return digits <= kDigitsMax;
  const bool is_one = groups.front().digits == "1";
  if (has_lengths(groups, {3, 4})) return groups[1].is_joined;
  if (has_lengths(groups, {3, 3, 4}) || (is_one && has_lengths(groups, {1, 3, 3, 4}))) return true;
  if (has_lengths(groups, {4, 4, 4, 4})) return true;
  if (number.has_brackets && groups.size() >= 2) return true;
  return groups.front().digits.front() == '0' && groups.size() >= 2 && groups.size() <= 5 &&
         digits >= 9 && digits <= 11 && !groups[1].digits.starts_with('0');
}

std::string group_words(std::string_view digits, bool is_first) {
  if (digits == "800" && is_first) return "eight hundred";
  return digit_groups(digits);
}

}  // namespace

Phrase speak_phone(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view lead = tokens.lead(at);
  const std::string_view text = tokens.rest(at).substr(lead.size() - (lead.ends_with('(') ? 1 : 0));
  if (text.empty() || (!is_digit(text.front()) && text.front() != '+' && text.front() != '(')) {
    return phrase;
  }
  const Written number = read_groups(text);
  const std::size_t offset = tokens[at].core_begin - (lead.ends_with('(') ? 1 : 0);
  for (std::size_t count = number.groups.size(); count > 0; --count) {
    const std::span<const Group> groups(number.groups.data(), count);
    if (!is_phone(number, groups)) continue;
    // The number must end where a word ends: "555-0100x" is none.
    const std::size_t end = offset + groups.back().end;
    std::size_t last = at;
    while (last + 1 < tokens.size() && tokens[last].end < end)
      ++last;
    if (end < tokens[last].core_end || end > tokens[last].end) continue;
    std::string words = number.has_plus ? "plus " : "";
    const std::size_t area = number.groups.front().digits == "1" ? 1 : 0;
    for (std::size_t index = 0; index < count; ++index) {
      if (index > 0) words += ", ";
      words += group_words(groups[index].digits, index == area);
    }
    phrase.say(last - at + 1, std::move(words));
    if (text.starts_with('(')) phrase.take_bracket();
    return phrase;
  }
  return phrase;
}

}  // namespace antiphon::speech_text

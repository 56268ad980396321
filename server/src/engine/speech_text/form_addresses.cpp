#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace antiphon::speech_text {

namespace {

// A longer path helps nobody who listens.
constexpr std::size_t kPathMax = 40;

std::string_view symbol_name(char symbol) {
  switch (symbol) {
    case '.':
      return "dot";
    case '-':
      return "dash";
    case '_':
      return "underscore";
    case '+':
      return "plus";
    case '/':
      return "slash";
    case '@':
      return "at";
    case '#':
      return "hash";
    case '?':
      return "question mark";
    case '=':
      return "equals";
    case '&':
      return "and";
    case '%':
      return "percent";
    case '~':
      return "tilde";
    case ':':
      return "colon";
    default:
      return {};
  }
}

std::string letters_words(std::string_view letters) {
  if (!all_letters(letters)) return std::string(letters);  // only ASCII can be cut into letters
  if (letters == "www") return "W W W";
  const bool is_short_domain = is_one_of(letters, "io ai uk us de fr tv nl eu ca au ie nz");
  const bool is_capitals = all_upper(letters) && letters.size() > 1;
  const bool is_letters = is_capitals ? is_spelled(letters) : !has_vowel(letters);
  if (is_short_domain || is_letters || letters.size() == 1) return spelled(letters);
  return std::string(letters);
}

std::string digits_words(std::string_view digits) {
  return digits.size() <= 2 && digits.front() != '0' ? cardinal(digits) : digits_apart(digits);
}

// "jo.smith@example.com" → "jo dot smith at example dot com"
std::string address_words(std::string_view address) {
  std::string words;
  const auto add = [&words](std::string_view word) {
    if (!words.empty() && !word.empty()) words += ' ';
    words += word;
  };
  for (std::size_t at = 0; at < address.size();) {
    const auto first = address[at];
    std::size_t end = at + 1;
    if (is_digit(first)) {
      end = at + digits_at(address.substr(at));
      add(digits_words(address.substr(at, end - at)));
    } else if (is_word_byte(first)) {
      while (end < address.size() && is_word_byte(address[end]) && !is_digit(address[end]))
        ++end;
      add(letters_words(address.substr(at, end - at)));
    } else {
      add(symbol_name(first));
    }
    at = end;
  }
  return words;
}

bool is_address_byte(char letter) {
  return is_word_byte(letter) || std::string_view("._%+-").contains(letter);
}

bool is_email(std::string_view core) {
  const std::size_t sign = core.find('@');
  if (sign == 0 || sign == std::string_view::npos || sign + 1 == core.size()) return false;
  const std::string_view domain = core.substr(sign + 1);
  const std::size_t point = domain.rfind('.');
  return point != std::string_view::npos && point > 0 && point + 1 < domain.size() &&
         std::ranges::all_of(core.substr(0, sign), is_address_byte) &&
         std::ranges::all_of(domain, is_address_byte);
}

// "https://www.example.com/help?x=1" → "example dot com slash help …"
std::string url_words(std::string_view url) {
  if (url.starts_with("www.")) url.remove_prefix(4);
  const std::size_t host_end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view path = url.substr(host_end);
  if (path.size() > kPathMax || path == "/") path = {};
  while (path.ends_with('/'))
    path.remove_suffix(1);
  std::string words = address_words(url.substr(0, host_end));
  return path.empty() ? words : words + " " + address_words(path);
}

bool is_host(std::string_view core) {
  const std::string_view host = core.substr(0, core.find_first_of("/?#"));
  const std::size_t point = host.rfind('.');
  if (point == std::string_view::npos || point == 0) return false;
  return std::ranges::all_of(host, is_address_byte) && !is_digit(host.front()) &&
         is_top_level_domain(host.substr(point + 1)) &&
         // "end.In": two sentences without a space.
         !(is_upper(host[point + 1]) && is_lower(host[point - 1]));
}

struct Groups {
  std::vector<std::string_view> digits;
};

// "1.2.3", "192.168.1.1": three groups of digits or more.
Groups dotted_groups(std::string_view text) {
  Groups groups;
  while (groups.digits.size() < 8) {
    const std::size_t length = digits_at(text);
    if (length == 0 || length > 6) return {};
    groups.digits.push_back(text.substr(0, length));
    if (length == text.size()) return groups;
    if (text[length] != '.') return {};
    text.remove_prefix(length + 1);
  }
  return {};
}

std::string dotted_words(const Groups& groups) {
  const bool is_address =
      groups.digits.size() == 4 && std::ranges::all_of(groups.digits, [](std::string_view group) {
        return group.size() <= 3 && small_number(group) <= 255;
      });
  std::string words;
  for (const std::string_view group : groups.digits) {
    if (!words.empty()) words += is_address ? " dot " : " point ";
    words += is_address ? digits_apart(group) : digits_words(group);
  }
  return words;
}

// "v2", "v1.2.3"
std::string version_number(std::string_view core) {
  if (core.size() < 2 || (core.front() != 'v' && core.front() != 'V') || !is_digit(core[1])) {
    return {};
  }
  const std::string_view number = core.substr(1);
  const Groups groups = dotted_groups(number);
  if (!groups.digits.empty()) return dotted_words(groups);
  const auto figure = read_figure(number);
  if (!figure || figure->length != number.size()) return {};
  return figure_words(*figure);
}

std::string version_words(const Tokens& tokens, std::size_t at) {
  std::string words = version_number(tokens.core(at));
  const bool is_named = to_lower_ascii(tokens.previous(at)) == "version";
  return words.empty() || is_named ? words : "version " + words;
}

constexpr std::string_view kFileEndings =
    "pdf doc docx xls xlsx ppt pptx txt csv json xml html htm png jpg jpeg gif svg mp3 mp4 wav zip "
    "exe js ts py cpp md yaml net";

bool is_file(std::string_view core) {
  const std::size_t point = core.rfind('.');
  return point != std::string_view::npos && point > 0 &&
         std::ranges::all_of(core, is_address_byte) &&
         is_one_of(to_lower_ascii(core.substr(point + 1)), kFileEndings);
}

std::string file_words(std::string_view core) {
  const std::size_t point = core.rfind('.');
  const std::string ending = to_lower_ascii(core.substr(point + 1));
  const bool is_word = is_one_of(ending, "zip json gif jpeg doc net");
  std::string words = address_words(core.substr(0, point)) + " dot ";
  if (is_word || has_digit(ending)) return words + (is_word ? ending : code_words(ending));
  return words + spelled(ending);
}

}  // namespace

Phrase speak_address(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  std::string_view core = tokens.core(at);
  for (const std::string_view scheme : {"https://", "http://", "mailto:", "tel:", "ftp://"}) {
    if (!core.starts_with(scheme) || core.size() == scheme.size()) continue;
    core.remove_prefix(scheme.size());
    phrase.say(1, is_email(core) ? address_words(core) : url_words(core));
    return phrase;
  }
  if (core.empty() || !core.contains('.')) {
    std::string version = version_words(tokens, at);
    if (!version.empty()) phrase.say(1, std::move(version));
    return phrase;
  }
  std::string words;
  if (is_email(core)) {
    words = address_words(core);
  } else if (const Groups groups = dotted_groups(core); groups.digits.size() >= 3) {
    words = dotted_words(groups);
  } else if (is_file(core)) {
    words = file_words(core);
  } else if (core.starts_with("www.") || is_host(core)) {
    words = url_words(core);
  } else {
    words = version_words(tokens, at);
  }
  if (!words.empty()) phrase.say(1, std::move(words));
  return phrase;
}

}  // namespace antiphon::speech_text

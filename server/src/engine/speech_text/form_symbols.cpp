#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <algorithm>
#include <array>

namespace antiphon::speech_text {

namespace {

struct Symbol {
  std::string_view written;
  std::string_view spoken;
};

constexpr std::array kSymbols{
    Symbol{">=", "greater than or equal to"},
    Symbol{"<=", "less than or equal to"},
    Symbol{"!=", "is not"},
    Symbol{"->", "to"},
    Symbol{"=>", "to"},
    Symbol{"==", "equals"},
    Symbol{"&", "and"},
    Symbol{"+", "plus"},
    Symbol{"=", "equals"},
    Symbol{"%", "percent"},
    Symbol{"@", "at"},
    Symbol{"#", "number"},
    Symbol{"/", "slash"},
    Symbol{"*", "times"},
    Symbol{"<", "less than"},
    Symbol{">", "greater than"},
    Symbol{"×", "times"},
    Symbol{"÷", "divided by"},
    Symbol{"±", "plus or minus"},
    Symbol{"≈", "about"},
    Symbol{"≤", "less than or equal to"},
    Symbol{"≥", "greater than or equal to"},
    Symbol{"≠", "is not"},
    Symbol{"→", "to"},
    Symbol{"°", "degrees"},
    Symbol{"§", "section"},
    Symbol{"$", "dollars"},
    Symbol{"€", "euros"},
    Symbol{"£", "pounds"},
    Symbol{"\\", "backslash"},
    Symbol{"²", "squared"},
    Symbol{"³", "cubed"},
    Symbol{"µ", "micro"},
    Symbol{"π", "pi"},
    Symbol{"∞", "infinity"},
    Symbol{"√", "square root of"},
};

constexpr std::array<Symbol, 11> kQualifiers{{{">=", "at least "},
                                              {"<=", "at most "},
                                              {"~", "about "},
                                              {"≈", "about "},
                                              {"<", "less than "},
                                              {">", "more than "},
                                              {"≤", "at most "},
                                              {"≥", "at least "},
                                              {"±", "plus or minus "},
                                              {"#", "number "},
                                              {"=", "equals "}}};

constexpr std::array<Symbol, 10> kWhole{{{"C++", "C plus plus"},
                                         {"c++", "C plus plus"},
                                         {"C#", "C sharp"},
                                         {"F#", "F sharp"},
                                         {"AT&T", "A T and T"},
                                         {"R&D", "R and D"},
                                         {"Q&A", "Q and A"},
                                         {"Wi-Fi", "wi-fi"},
                                         {"iOS", "I O S"},
                                         {"24/7/365", "twenty-four seven three sixty-five"}}};

constexpr std::string_view kEmoticons =
    ":-) :) :-( :( ;-) ;) :D :-D :P :-P :/ :-/ =) =( xD XD ^^ -_- :'( :'-(";

const Symbol* symbol_at(std::string_view text) {
  const auto* const found = std::ranges::find_if(
      kSymbols, [text](const Symbol& symbol) { return text.starts_with(symbol.written); });
  return found == kSymbols.end() ? nullptr : found;
}

// Bytes of the character at the front of cleaned text.
std::size_t character_length(std::string_view text) {
  return std::max<std::size_t>(utf8_sequence_length(text), 1);
}

void add(std::string& words, std::string_view word) {
  if (!words.empty() && !word.empty() && words.back() != ' ') words += ' ';
  words += word;
}

// A run of letters inside a code.
std::string code_letters(std::string_view letters) {
  const bool is_capitals = all_upper(letters);
  const bool is_letters = is_capitals ? is_spelled(letters) : !has_vowel(letters);
  if (letters.size() == 1 || (all_letters(letters) && is_letters)) return spelled(letters);
  return std::string(letters);
}

std::string code_digits(std::string_view digits, bool is_alone) {
  const bool is_amount = digits.size() <= 2 && digits.front() != '0' && !is_alone;
  return is_amount ? cardinal(digits) : digit_groups(digits);
}

// Letters, digits, and what parts them; more changes than this and each is read by itself.
constexpr std::size_t kChangesMax = 3;

std::size_t changes(std::string_view code) {
  std::size_t count = 0;
  for (std::size_t at = 1; at < code.size(); ++at) {
    if (is_alphanumeric(code[at]) && is_alphanumeric(code[at - 1]) &&
        is_digit(code[at]) != is_digit(code[at - 1])) {
      ++count;
    }
  }
  return count;
}

bool is_code(std::string_view core) {
  return has_digit(core) && std::ranges::any_of(core, is_letter) &&
         std::ranges::all_of(core, [](char letter) {
           return is_alphanumeric(letter) || letter == '-' || letter == '_' || letter == '/' ||
                  letter == '.';
         });
}

bool is_digits_apart(std::string_view core) {
  return is_digit(core.front()) && is_digit(core.back()) &&
         std::ranges::all_of(core, [](char letter) { return is_digit(letter) || letter == '-'; });
}

// "9-1-1", "123-45-6789": single digits without pauses, groups with.
std::string hyphened_digits(std::string_view core) {
  std::string words;
  bool is_long = false;
  while (!core.empty()) {
    const std::size_t length = digits_at(core);
    if (length > 0) {
      if (is_long || (length > 1 && !words.empty())) words += ',';
      is_long = length > 1;
      add(words, digit_groups(core.substr(0, length)));
    }
    core.remove_prefix(std::min(length + 1, core.size()));
  }
  return words;
}

// Whatever is left: words, numbers and symbols one after the other.
std::string mixed_words(std::string_view core) {
  std::string words;
  while (!core.empty()) {
    std::size_t length = digits_at(core);
    if (length > 0) {
      const auto figure = read_figure(core);
      length = figure ? figure->length : length;
      add(words, figure ? figure_words(*figure) : std::string());
    } else if (is_word_byte(core.front()) && symbol_at(core) == nullptr) {
      while (length < core.size() && (core[length] == '\'' || is_word_byte(core[length])) &&
             !is_digit(core[length]) && symbol_at(core.substr(length)) == nullptr)
        length += character_length(core.substr(length));
      const std::string_view letters = core.substr(0, length);
      add(words, all_letters(letters) && all_upper(letters) ? code_letters(letters)
                                                            : std::string(letters));
    } else if (const Symbol* symbol = symbol_at(core)) {
      length = symbol->written.size();
      add(words, symbol->spoken);
    } else {
      // A mark inside a word ends something: "end.Next", "yes,no".
      length = character_length(core);
      if (std::string_view(",.;:!?").contains(core.front()) && !words.empty()) {
        words += core.front();
      }
    }
    core.remove_prefix(std::min(length, core.size()));
  }
  return words;
}

// "his/her" is one or the other; "TCP/IP" is both.
std::string slashed_words(std::string_view core) {
  const std::size_t slash = core.find('/');
  const std::string_view first = core.substr(0, slash);
  const std::string_view second = core.substr(slash + 1);
  if (all_upper(first) && all_upper(second)) {
    return code_letters(first) + " " + code_letters(second);
  }
  return std::string(first).append(" or ").append(second);
}

bool is_slashed(std::string_view core) {
  const std::size_t slash = core.find('/');
  return slash != std::string_view::npos && all_letters(core.substr(0, slash)) &&
         all_letters(core.substr(slash + 1));
}

bool ends_number(std::string_view core) {
  if (core.empty()) return false;
  const std::string half = to_lower_ascii(core.substr(digits_at(core)));
  return is_digit(core.back()) || is_one_of(half, "am pm a.m p.m");
}

// "-" alone: between numbers it means "to", anywhere else it is a pause.
std::string lone_dash(const Tokens& tokens, std::size_t at) {
  const std::string_view following = tokens.core(at + 1);
  const bool is_range = ends_number(tokens.previous(at)) && !following.empty() &&
                        (is_digit(following.front()) || currency_sign(following).length > 0);
  const bool is_days =
      !weekday_name(tokens.previous(at)).empty() && !weekday_name(following).empty();
  return is_range || is_days ? "to" : "";
}

// A symbol between spaces.
std::string lone_symbol(const Tokens& tokens, std::size_t at) {
  const char symbol = tokens.core(at).front();
  const std::string_view following = tokens.next(at);
  const bool is_before_number = !following.empty() && is_digit(following.front());
  const bool is_between_numbers = is_before_number && ends_number(tokens.previous(at));
  switch (symbol) {
    case '~':
      return is_before_number ? "about" : "";
    case '#':  // a key of the telephone, unless a number follows
      return is_before_number ? "number" : "pound";
    case '*':
      return is_between_numbers ? "times" : "star";
    case '/':
      return is_between_numbers ? "divided by" : "or";
    default:
      return mixed_words(tokens.core(at));
  }
}

// "USB-C", "X-ray": the capitals are letters, or words of their own.
std::string hyphened_capitals(std::string_view core) {
  std::string words;
  while (!core.empty()) {
    const std::size_t length = std::min(core.find('-'), core.size());
    const std::string_view part = core.substr(0, length);
    add(words, all_upper(part) ? code_letters(part) : std::string(part));
    core.remove_prefix(std::min(length + 1, core.size()));
  }
  return words;
}

bool has_hyphened_capitals(std::string_view core) {
  const std::size_t hyphen = core.find('-');
  if (hyphen == std::string_view::npos) return false;
  return all_upper(core.substr(0, hyphen)) || all_upper(core.substr(core.rfind('-') + 1));
}

std::string words_of_token(const Tokens& tokens, std::size_t at) {
  const std::string_view core = tokens.core(at);
  if (core.size() == 1) return lone_symbol(tokens, at);
  if (core.front() == '#' && !is_digit(core[1])) {
    const std::string_view name = core.substr(1);
    return is_code(name) ? "number " + code_words(name) : "hashtag " + mixed_words(name);
  }
  if (is_slashed(core)) return slashed_words(core);
  if (core.size() >= 3 && core.front() == 'x' && all_digits(core.substr(1))) {
    return "extension " + digits_apart(core.substr(1));
  }
  if (is_digits_apart(core)) return hyphened_digits(core);
  if (is_code(core)) return code_words(core);
  return mixed_words(core);
}

bool is_plain_word(std::string_view core) {
  return std::ranges::all_of(core,
                             [](char letter) {
                               return is_letter(letter) || letter == '\'' || letter == '-' ||
                                      static_cast<unsigned char>(letter) >= 0x80;
                             }) &&
         is_word_byte(core.front());
}

bool has_symbol(std::string_view core) {
  return std::ranges::any_of(kSymbols, [core](const Symbol& symbol) {
    return static_cast<unsigned char>(symbol.written.front()) >= 0x80 &&
           core.contains(symbol.written);
  });
}

}  // namespace

Qualifier qualifier(std::string_view core) {
  for (const Symbol& symbol : kQualifiers) {
    const std::size_t length = symbol.written.size();
    if (!core.starts_with(symbol.written) || core.size() == length) continue;
    const std::string_view rest = core.substr(length);
    const std::size_t sign = rest.front() == '-' && rest.size() > 1 ? 1 : 0;
    const bool is_amount =
        is_digit(rest[sign]) || rest[sign] == '.' || currency_sign(rest.substr(sign)).length > 0;
    if (is_amount) return {length, symbol.spoken};
  }
  return {};
}

std::string code_words(std::string_view code) {
  std::string words;
  const bool is_scrambled = changes(code) > kChangesMax;
  bool follows_gap = false;
  for (std::size_t at = 0; at < code.size();) {
    if (!is_alphanumeric(code[at])) {
      follows_gap = !words.empty();
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    const bool is_number = is_digit(code[at]);
    while (!is_scrambled && end < code.size() && is_alphanumeric(code[end]) &&
           is_digit(code[end]) == is_number)
      ++end;
    const std::string_view part = code.substr(at, end - at);
    if (follows_gap && (part.size() > 2 || is_scrambled)) words += ',';
    follows_gap = false;
    add(words, is_number ? code_digits(part, is_scrambled) : code_letters(part));
    at = end;
  }
  return words;
}

Phrase speak_symbols(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view core = tokens.core(at);
  const std::string_view text = tokens.rest(at).substr(0, tokens[at].end - tokens[at].begin);
  const bool is_silent = core.empty() || is_one_of(text, kEmoticons);
  const auto* const whole = std::ranges::find(kWhole, core, &Symbol::written);
  if (whole != kWhole.end()) {
    phrase.say(1, std::string(whole->spoken));
  } else if (core == "-") {
    std::string words = lone_dash(tokens, at);
    const Point point = words.empty() ? Point::comma : Point::keep;
    phrase.say(1, std::move(words), point);
  } else if (is_silent) {
    phrase.say(1, "", is_one_of(text, kEmoticons) ? Point::no_mark : Point::keep);
  } else if (core.size() == 1 && core != "x" && is_letter(core.front())) {
    phrase.say(1, std::string(core));
  } else if (core == "x" && ends_number(tokens.previous(at))) {
    phrase.say(1, "times");
  } else if (is_plain_word(core) && !has_symbol(core)) {
    phrase.say(1, has_hyphened_capitals(core) ? hyphened_capitals(core) : std::string(core));
  } else {
    phrase.say(1, words_of_token(tokens, at));
  }
  return phrase;
}

}  // namespace antiphon::speech_text

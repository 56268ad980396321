#include "engine/speech_text/clean_writer.h"

#include "engine/speech_text/letters.h"

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon::speech_text {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Invisible: joiners, directions, variation selectors, tags, soft hyphen, C1 controls, combining
// keycap. They part no word.
constexpr std::array<Range, 9> kInvisible{{{0x80, 0x9F},
                                           {0xAD, 0xAD},
                                           {0x200B, 0x200F},
                                           {0x202A, 0x202E},
                                           {0x2060, 0x206F},
                                           {0x20E3, 0x20E3},
                                           {0xFE00, 0xFE0F},
                                           {0xFEFF, 0xFEFF},
                                           {0xE0000, 0xE01EF}}};
// Pictures and marks that part words and say nothing; private use, and what is no character.
constexpr std::array<Range, 12> kPictures{{{0xA9, 0xA9},
                                           {0xAE, 0xAE},
                                           {0x2020, 0x2021},
                                           {0x2116 + 1, 0x2122},
                                           {0x2139, 0x2139},
                                           {0x2195, 0x21FF},
                                           {0x2300, 0x23FF},
                                           {0x2460, 0x27BF},
                                           {0x2900, 0x2BFF},
                                           {0xE000, 0xF8FF},
                                           {0xFFF0, 0xFFFF},
                                           {0x1F000, 0x1FAFF}}};

struct Sign {
  char32_t code_point;
  std::string_view instead;
};

constexpr std::array kSigns{
    Sign{0xA0, " "},      Sign{0xAB, "\""},      Sign{0xBB, "\""},     Sign{0xBC, " 1/4"},
    Sign{0xBD, " 1/2"},   Sign{0xBE, " 3/4"},    Sign{0x2010, "-"},    Sign{0x2011, "-"},
    Sign{0x2012, "-"},    Sign{0x2013, "-"},     Sign{0x2018, "'"},    Sign{0x2019, "'"},
    Sign{0x201A, "'"},    Sign{0x201B, "'"},     Sign{0x201C, "\""},   Sign{0x201D, "\""},
    Sign{0x201E, "\""},   Sign{0x201F, "\""},    Sign{0x2022, ", "},   Sign{0x2026, "..."},
    Sign{0x2028, " "},    Sign{0x2029, " "},     Sign{0x202F, " "},    Sign{0x2032, "'"},
    Sign{0x2033, "\""},   Sign{0x2039, "'"},     Sign{0x203A, "'"},    Sign{0x203C, "!"},
    Sign{0x2047, "?"},    Sign{0x2048, "?"},     Sign{0x2049, "?"},    Sign{0x2044, "/"},
    Sign{0x205F, " "},    Sign{0x2116, " No. "}, Sign{0x2153, " 1/3"}, Sign{0x2154, " 2/3"},
    Sign{0x215B, " 1/8"}, Sign{0x215C, " 3/8"},  Sign{0x215D, " 5/8"}, Sign{0x215E, " 7/8"},
    Sign{0x2190, " "},    Sign{0x2191, " "},     Sign{0x2192, " → "},  Sign{0x2193, " "},
    Sign{0x2194, " → "},  Sign{0x2212, "-"},     Sign{0x3000, " "},
};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t code_point) {
  return std::ranges::any_of(ranges, [code_point](const Range& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

char32_t decoded(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  char32_t code_point = lead & (0xFFU >> (sequence.size() + 1));
  for (const char follower : sequence.substr(1)) {
    code_point = (code_point << 6U) | (static_cast<unsigned char>(follower) & 0x3FU);
  }
  return code_point;
}

constexpr bool is_pause(char letter) { return std::string_view(".,;:!?").contains(letter); }

}  // namespace

void CleanWriter::put(std::string_view characters, WrittenRange from) {
  for (const char letter : characters) {
    if (letter == ' ' && (clean_.text.empty() || clean_.text.back() == ' ')) continue;
    clean_.text += letter;
    clean_.begins.push_back(static_cast<std::uint32_t>(from.begin));
    clean_.ends.push_back(static_cast<std::uint32_t>(from.end));
  }
}

void CleanWriter::pause(char mark) {
  const std::size_t last = clean_.text.find_last_not_of(' ');
  if (last == std::string::npos) return;
  // A closing quote or bracket stands behind the sentence's own mark.
  std::size_t word = last;
  while (word > 0 && std::string_view("\"')]").contains(clean_.text[word]))
    --word;
  const std::size_t at = clean_.ends[last];
  clean_.text.resize(last + 1);
  clean_.begins.resize(last + 1);
  clean_.ends.resize(last + 1);
  if (!is_pause(clean_.text[word])) put(std::string_view(&mark, 1), {at, at});
  space({at, at});
}

// Between digits a dash means "to"; anywhere else it makes a pause.
void CleanWriter::dash(WrittenRange from) {
  if (!clean_.text.empty() && is_digit(clean_.text.back())) {
    put("-", from);
  } else {
    pause(',');
  }
}

bool CleanWriter::sign(char32_t code_point, WrittenRange from) {
  if (code_point == 0x2014 || code_point == 0x2015) {
    dash(from);
    return true;
  }
  if (code_point >= 0x2000 && code_point <= 0x200A) {
    space(from);
    return true;
  }
  const auto* const found = std::ranges::find(kSigns, code_point, &Sign::code_point);
  if (found == kSigns.end()) return false;
  put(found->instead, from);
  return true;
}

void CleanWriter::character(std::string_view sequence, WrittenRange from) {
  const char32_t code_point = decoded(sequence);
  if (code_point < 0x80) {
    if (is_space(sequence.front())) {
      space(from);
    } else if (code_point >= 0x20 && code_point != 0x7F) {
      put(sequence, from);
    }
    return;
  }
  if (is_in(kInvisible, code_point) || sign(code_point, from)) return;
  if (is_in(kPictures, code_point)) {
    space(from);
  } else {
    put(sequence, from);
  }
}

CleanText CleanWriter::take() {
  if (!clean_.text.empty() && clean_.text.back() == ' ') {
    clean_.text.pop_back();
    clean_.begins.pop_back();
    clean_.ends.pop_back();
  }
  return std::exchange(clean_, {});
}

}  // namespace antiphon::speech_text

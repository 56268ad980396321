#include "providers/knowledge/sentences.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 20> kAbbreviations{
    "dr",  "mr",  "mrs", "ms", "prof", "st", "no",     "vs",   "etc", "e.g",
    "i.e", "inc", "ltd", "co", "jr",   "sr", "approx", "dept", "ext", "mt"};

bool is_space(char character) {
  return character == ' ' || character == '\n' || character == '\t' || character == '\r';
}

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

bool ends_in_abbreviation(std::string_view before_dot) {
  std::size_t begin = before_dot.size();
  while (begin > 0 && !is_space(before_dot[begin - 1]) && before_dot[begin - 1] != '(')
    --begin;
  const std::string_view word = before_dot.substr(begin);
  if (word.size() == 1 && is_letter(word.front())) return true;  // an initial
  return std::ranges::find(kAbbreviations, to_lower_ascii(word)) != kAbbreviations.end();
}

bool is_border(std::string_view text, std::size_t index) {
  const char character = text[index];
  if (character != '.' && character != '!' && character != '?') return false;
  std::size_t next = index + 1;
  while (next < text.size() && (text[next] == '"' || text[next] == '\'' || text[next] == ')'))
    ++next;
  if (next < text.size() && !is_space(text[next])) return false;
  return character != '.' || next >= text.size() || !ends_in_abbreviation(text.substr(0, index));
}

std::string collapse(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if (!is_space(character)) {
      out += character;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' '))
    out.pop_back();
  return out;
}

std::size_t cut_position(std::string_view text) {
  const std::string_view head = text.substr(0, kSentenceMax);
  for (const char* marks : {";:", ",", " "}) {
    const std::size_t mark = head.find_last_of(marks);
    if (mark != std::string_view::npos && mark > kSentenceMax / 4) return mark + 1;
  }
  std::size_t end = kSentenceMax;
  while (end > 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return end;
}

void append(std::vector<std::string>& sentences, std::string_view raw) {
  std::string sentence = collapse(raw);
  while (sentence.size() > kSentenceMax) {
    const std::size_t cut = cut_position(sentence);
    sentences.push_back(collapse(std::string_view(sentence).substr(0, cut)));
    sentence = collapse(std::string_view(sentence).substr(cut));
  }
  if (!sentence.empty()) sentences.push_back(std::move(sentence));
}

}  // namespace

std::vector<std::string> split_sentences(std::string_view text) {
  std::vector<std::string> sentences;
  std::size_t begin = 0;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (!is_border(text, index)) continue;
    std::size_t end = index + 1;
    while (end < text.size() && !is_space(text[end]))
      ++end;
    append(sentences, text.substr(begin, end - begin));
    begin = end;
    index = end;
  }
  append(sentences, text.substr(std::min(begin, text.size())));
  return sentences;
}

}  // namespace antiphon

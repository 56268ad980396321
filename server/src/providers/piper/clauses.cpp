#include "providers/piper/clauses.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <string>

namespace antiphon {

namespace {

// A first piece this long gives about a second of speech; later ones may be longer and sound better
// for it.
constexpr std::size_t kFirstMin = 20;
constexpr std::size_t kLaterMin = 60;

constexpr std::array<std::string_view, 19> kAbbreviations{
    "dr",  "mr",  "mrs", "ms",  "prof", "st",  "jr",     "sr",   "vs", "e.g",
    "i.e", "a.m", "p.m", "u.s", "inc",  "ltd", "approx", "dept", "ave"};

bool is_end_of_sentence(char letter) { return std::string_view(".!?").contains(letter); }

bool is_abbreviation(std::string_view text, std::size_t dot) {
  const std::size_t space = text.find_last_of(" (", dot);
  const std::size_t begin = space == std::string_view::npos ? 0 : space + 1;
  const std::string word = to_lower_ascii(text.substr(begin, dot - begin));
  return word.size() == 1 || std::ranges::count(kAbbreviations, word) > 0;
}

// One past the punctuation that ends a clause at or after `from`; text.size() when there is none.
std::size_t clause_end(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!std::string_view(".,;:!?\n").contains(text[at])) continue;
    const bool is_last = at + 1 == text.size();
    if (!is_last && !std::string_view(" \n\"')").contains(text[at + 1])) continue;
    if (text[at] == '.' && !is_last && is_abbreviation(text, at)) continue;
    return at + 1;
  }
  return text.size();
}

// At most kPieceMax bytes of a clause that has no better place.
std::size_t forced_end(std::string_view text) {
  const std::size_t space = text.find_last_of(' ', kPieceMax - 1);
  if (space != std::string_view::npos && space > 0) return space + 1;
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text.substr(end)), 1);
    if (end + length > kPieceMax) break;
    end += length;
  }
  return end;
}

}  // namespace

std::size_t clause_length(std::string_view text) { return clause_end(text, 0); }

std::vector<std::string_view> split_clauses(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t wanted = pieces.empty() ? kFirstMin : kLaterMin;
    std::size_t end = clause_end(text, 0);
    // A sentence's end always ends a piece: the pause belongs there.
    while (end < text.size() && end < wanted && !is_end_of_sentence(text[end - 1])) {
      const std::size_t next = clause_end(text, end);
      if (next > kPieceMax) break;
      end = next;
    }
    if (end > kPieceMax) end = forced_end(text);
    const std::string_view piece = text.substr(0, end);
    if (piece.find_first_not_of(" \t\r\n") != std::string_view::npos) pieces.push_back(piece);
    text.remove_prefix(end);
  }
  return pieces;
}

}  // namespace antiphon

#include "engine/clause_splitter.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::size_t kFirstWordsMin = 2;    // "Well," alone sounds chopped
constexpr std::size_t kClauseWordsMin = 12;  // later commas cut only long sentences
constexpr std::size_t kNoCut = 0;
constexpr std::array<std::string_view, 58> kAbbreviations{
    "dr",   "mr",     "mrs",  "ms",   "st",   "no",  "vs",   "etc",  "e.g", "i.e",  "inc", "ltd",
    "a.m",  "p.m",    "prof", "jr",   "sr",   "gen", "col",  "capt", "sgt", "lt",   "rev", "gov",
    "sen",  "mt",     "ft",   "ave",  "blvd", "rd",  "apt",  "fig",  "vol", "pp",   "ext", "tel",
    "dept", "approx", "appt", "incl", "jan",  "feb", "apr",  "aug",  "sep", "sept", "oct", "nov",
    "dec",  "mon",    "tue",  "tues", "wed",  "thu", "thur", "fri",  "u.s", "ph.d"};

bool is_space(char letter) { return letter == ' ' || letter == '\n' || letter == '\t'; }

bool ends_sentence(char letter) { return letter == '.' || letter == '!' || letter == '?'; }

bool ends_clause(char letter) { return letter == ',' || letter == ';' || letter == ':'; }

// The point at `at` belongs to "Dr." or "J." and ends nothing.
bool is_abbreviation(std::string_view text, std::size_t at) {
  if (text[at] != '.') return false;
  std::size_t begin = at;
  while (begin > 0 && !is_space(text[begin - 1]))
    --begin;
  const std::string word = to_lower_ascii(text.substr(begin, at - begin));
  if (word.size() == 1 && word[0] >= 'a' && word[0] <= 'z' && word != "i") return true;
  // "1. First": the number of a list's item belongs to it.
  if (begin == 0 && word.size() <= 3 && word.find_first_not_of("0123456789") == word.npos) {
    return true;
  }
  return std::ranges::find(kAbbreviations, word) != kAbbreviations.end();
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return std::string(text);
}

// Where an over-long clause is cut: behind its last space, or between two characters.
std::size_t forced_cut(std::string_view text) {
  const std::size_t space = text.substr(0, ClauseSplitter::kClauseBytesMax).rfind(' ');
  if (space != std::string_view::npos && space > 0) return space;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
    if (at + length > ClauseSplitter::kClauseBytesMax) break;
    at += length;
  }
  return at;
}

}  // namespace

std::size_t ClauseSplitter::find_cut() const {
  const std::string_view text = text_;
  std::size_t words = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at >= kClauseBytesMax) return forced_cut(text);
    if (text[at] == '\n' && words > 0) return at;
    const bool ends_word = !is_space(text[at]) && at + 1 < text.size() && is_space(text[at + 1]);
    // The last byte may be followed by anything: "3" "." "50".
    if (!ends_word) continue;
    ++words;
    // A closing quote or bracket belongs to the sentence before it.
    std::size_t mark = at;
    while (mark > 0 && (text[mark] == '"' || text[mark] == ')' || text[mark] == '\''))
      --mark;
    if (ends_sentence(text[mark]) && !is_abbreviation(text, mark)) return at + 1;
    if (ends_clause(text[mark]) && words >= (first_ ? kFirstWordsMin : kClauseWordsMin)) {
      return at + 1;
    }
  }
  return kNoCut;
}

std::optional<std::string> ClauseSplitter::next() {
  while (true) {
    text_.erase(0, std::min(text_.find_first_not_of(" \n\t"), text_.size()));
    if (text_.empty()) return std::nullopt;
    std::size_t cut = find_cut();
    if (cut == kNoCut) {
      if (!finished_) return std::nullopt;
      cut = text_.size();
    }
    std::string clause = trimmed(std::string_view(text_).substr(0, cut));
    text_.erase(0, cut);
    if (clause.empty()) continue;
    first_ = false;
    return clause;
  }
}

}  // namespace antiphon

#include "providers/terms.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 70> kStopWords{
    "a",      "about", "am",   "an",   "and",   "any",   "are",   "as",   "at",     "be",
    "been",   "but",   "by",   "can",  "could", "did",   "do",    "does", "for",    "from",
    "get",    "had",   "has",  "have", "how",   "i",     "if",    "in",   "is",     "it",
    "its",    "just",  "me",   "my",   "of",    "on",    "or",    "our",  "please", "shall",
    "should", "so",    "some", "tell", "that",  "the",   "their", "them", "there",  "they",
    "this",   "to",    "us",   "want", "was",   "we",    "were",  "what", "when",   "where",
    "which",  "who",   "why",  "will", "with",  "would", "you",   "your", "yours",  "know"};

// As their singulars are stemmed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPlurals{{
    {"teeth", "tooth"},
    {"children", "child"},
    {"feet", "foot"},
    {"men", "man"},
    {"women", "woman"},
    {"people", "person"},
    {"mice", "mous"},
}};

bool is_stop_word(std::string_view word) {
  return std::ranges::find(kStopWords, word) != kStopWords.end();
}

std::string stem(std::string word) {
  const auto* const plural =
      std::ranges::find(kPlurals, word, &std::pair<std::string_view, std::string_view>::first);
  if (plural != kPlurals.end()) return std::string(plural->second);
  if (word.size() > 4 && word.ends_with("ies")) {
    word.resize(word.size() - 3);
    word += 'y';
  } else if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) {
    word.pop_back();
  }
  // "cleaning" and "cleans", "parking" and "park"; not "bring", not "during".
  if (word.size() >= 7 && word.ends_with("ing")) word.resize(word.size() - 3);
  // "missed" and "miss", "closed" and "close"; not "need", not "speed".
  if (word.size() >= 6 && word.ends_with("ed")) word.resize(word.size() - 2);
  if (word.size() >= 5 && word.ends_with('e')) word.pop_back();
  return word;
}

}  // namespace

std::vector<std::string> index_terms(std::string_view text) {
  std::vector<std::string> terms;
  std::string word;
  const auto flush = [&] {
    if (!word.empty() && !is_stop_word(word)) terms.push_back(stem(std::move(word)));
    word.clear();
  };
  for (const char character : to_lower_ascii(text)) {
    const bool letter = (character >= 'a' && character <= 'z') ||
                        (character >= '0' && character <= '9') ||
                        static_cast<unsigned char>(character) >= 0x80;
    if (letter) {
      word += character;
    } else if (character != '\'') {
      flush();
    }
  }
  flush();
  return terms;
}

}  // namespace antiphon

#include "engine/text_rules.h"

#include "engine/words.h"

#include <algorithm>
#include <array>
#include <string>

namespace antiphon {

namespace {

// Words after which an English sentence goes on.
constexpr std::array<std::string_view, 36> kOpenWords{
    "a",   "an", "and", "are", "as",   "at", "because", "but",  "by",   "er",   "for",  "from",
    "hmm", "if", "in",  "is",  "it's", "my", "of",      "or",   "our",  "so",   "than", "that's",
    "the", "to", "uh",  "um",  "was",  "we", "well",    "with", "your", "then", "i'm",  "i"};

}  // namespace

TextVerdict judge_text(std::string_view partial) {
  const std::vector<std::string> words = words_of(partial);
  if (words.empty()) return TextVerdict::unknown;
  // A question mark or an exclamation mark ends whatever stands before it.
  const auto last = partial.find_last_not_of(" \t\n");
  if (partial[last] == '?' || partial[last] == '!') return TextVerdict::unknown;
  return std::ranges::find(kOpenWords, words.back()) != kOpenWords.end() ? TextVerdict::open
                                                                         : TextVerdict::unknown;
}

}  // namespace antiphon

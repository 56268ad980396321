#include "engine/text_rules.h"

#include "engine/expectation.h"
#include "engine/words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

namespace antiphon {

namespace {

using Words = std::span<const std::string>;

// Words after which an English sentence goes on.
constexpr std::array<std::string_view, 87> kOpenWords{
    "a",     "about", "after",   "although", "am",    "an",     "and",     "are",     "around",
    "as",    "at",    "be",      "because",  "been",  "before", "being",   "between", "but",
    "by",    "could", "during",  "each",     "eh",    "er",     "erm",     "every",   "for",
    "from",  "had",   "has",     "hmm",      "i",     "i'd",    "i'll",    "i'm",     "i've",
    "if",    "in",    "include", "includes", "into",  "is",     "it's",    "just",    "like",
    "maybe", "my",    "need",    "needs",    "of",    "or",     "our",     "since",   "so",
    "some",  "than",  "that's",  "the",      "their", "then",   "there's", "they're", "through",
    "to",    "uh",    "uhm",     "um",       "under", "unless", "until",   "very",    "want",
    "was",   "we",    "we're",   "well",     "were",  "what",   "when",    "where",   "whether",
    "which", "while", "who",     "with",     "would", "your"};
// Pairs at the end after which something must follow, though the last word alone may stand.
constexpr std::array<std::array<std::string_view, 2>, 26> kOpenPairs{
    {{"number", "is"},     {"name", "is"},   {"want", "to"},   {"like", "to"},  {"need", "to"},
     {"going", "to"},      {"have", "to"},   {"i", "want"},    {"i", "need"},   {"i", "have"},
     {"can", "you"},       {"could", "you"}, {"do", "you"},    {"i", "was"},    {"looking", "for"},
     {"would", "like"},    {"i'd", "like"},  {"let", "me"},    {"you", "know"}, {"i", "mean"},
     {"calling", "about"}, {"could", "do"},  {"should", "do"}, {"me", "see"},   {"me", "think"},
     {"trying", "to"}}};
// Verbs with a preposition that may well be last: "log in", "turn it on", "what is it for".
constexpr std::array<std::string_view, 8> kLastPrepositions{"in", "for",  "about", "with",
                                                            "to", "from", "at",    "like"};
constexpr std::array<std::string_view, 22> kAnswers{
    "yes",     "no",    "yeah",  "yep",     "nope",   "okay",   "ok", "sure",
    "correct", "right", "bye",   "goodbye", "thanks", "hello",  "hi", "exactly",
    "nothing", "none",  "never", "maybe",   "nah",    "alright"};
constexpr std::array<std::string_view, 12> kLastWords{"please",  "thanks", "you",      "bye",
                                                      "goodbye", "today",  "tomorrow", "tonight",
                                                      "all",     "it",     "now",      "then"};
constexpr std::array<std::string_view, 22> kQuestionWords{
    "what", "what's", "when", "where", "where's", "who",  "why",   "how", "which",  "is", "are",
    "do",   "does",   "did",  "can",   "could",   "will", "would", "may", "should", "am", "have"};
// What people read out figure by figure.
constexpr std::array<std::string_view, 12> kDictatedThings{
    "number",    "code",  "zip",    "postcode", "card",   "account",
    "reference", "order", "serial", "pin",      "policy", "tracking"};
constexpr std::array<std::string_view, 7> kNounQuestions{"what",  "what's",  "who", "which",
                                                         "where", "where's", "whom"};
constexpr std::size_t kWholeQuestion = 4;

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool ends_in_open_pair(Words words) {
  if (words.size() < 2) return false;
  const auto last = words.last(2);
  return std::ranges::any_of(
      kOpenPairs, [&](const auto& pair) { return last[0] == pair[0] && last[1] == pair[1]; });
}

bool is_question(Words words) {
  return words.size() >= kWholeQuestion && has(kQuestionWords, words.front());
}

// "What is it for": the preposition stands last because its noun came first.
bool asks_with_preposition(Words words) {
  return is_question(words) && has(kNounQuestions, words.front()) &&
         has(kLastPrepositions, words.back());
}

// How many of the last words are figures or single letters being spelled.
std::size_t dictated_tail(Words words) {
  std::size_t count = 0;
  while (count < words.size()) {
    const std::string& word = words[words.size() - 1 - count];
    const bool letter = word.size() == 1;
    const bool figure = !digits_of(std::span(&word, 1)).empty();
    const bool joint = word == "double" || word == "triple" || word == "dash" || word == "hundred";
    if (!letter && !figure && !joint) break;
    ++count;
  }
  return count;
}

// Two figures alone are a time, a price or an age; three or more are being dictated.
bool is_dictating(Words words) {
  // "A as in apple".
  if (words.size() >= 4 && words[words.size() - 3] == "as" && words[words.size() - 2] == "in")
    return words[words.size() - 4].size() == 1;
  const std::size_t tail = dictated_tail(words);
  if (tail == 0 || (tail == 1 && words.back().size() == 1 && digits_of(words.last(1)).empty()))
    return false;
  const std::string digits = digits_of(words.last(tail));
  const bool announced = std::ranges::any_of(
      words, [](const std::string& word) { return has(kDictatedThings, word); });
  return announced || tail >= 3 || digits.size() >= 4;
}

// "my email is jo dot smith", "jo at example": what stands behind the at, or its dot, is missing.
bool is_half_an_address(Words words) {
  if (words.back() == "dot" || words.back() == "underscore" || words.back() == "dash") return true;
  const auto dot = std::ranges::find(words, "dot");
  const auto email = std::ranges::find(words, "email");
  const bool spelled = dot != words.end();
  const bool given =
      email != words.end() && std::ranges::find(email, words.end(), "is") != words.end();
  if (!spelled && !given) return false;
  const auto at = std::ranges::find(words, "at");
  return at == words.end() || std::ranges::find(at, words.end(), "dot") == words.end();
}

// A telephone number or an address that nobody asked for is as whole as one that was.
bool is_whole_value(std::string_view text, Words words) {
  if (judge_value({ExpectedValue::email, 0, 0}, text) == ValueVerdict::whole) return true;
  const std::string digits = digits_of(words);
  const std::size_t whole = digits.starts_with('1') ? 11 : 10;
  return digits.size() == whole && dictated_tail(words) > 0;
}

bool is_open(Words words) {
  if (asks_with_preposition(words)) return false;
  if (ends_in_open_pair(words)) return true;
  return has(kOpenWords, words.back());
}

}  // namespace

TextVerdict judge_text(std::string_view partial) {
  const std::vector<std::string> words = words_of(partial);
  if (words.empty()) return TextVerdict::unknown;
  const auto last = partial.find_last_not_of(" \t\n");
  const bool asked = partial[last] == '?';
  if (asked || is_whole_value(partial, words)) return TextVerdict::closed;
  if (words.size() == 1 && has(kAnswers, words.front())) return TextVerdict::closed;
  if (is_open(words)) return TextVerdict::open;
  if (is_half_an_address(words)) return TextVerdict::open;
  if (is_dictating(words)) return TextVerdict::dictating;
  if (words.size() <= 2 && has(kAnswers, words.front())) return TextVerdict::closed;
  if (is_question(words) || has(kLastWords, words.back())) return TextVerdict::closed;
  return TextVerdict::unknown;
}

}  // namespace antiphon

#include "engine/backchannels.h"

#include "engine/words.h"

#include <algorithm>
#include <array>
#include <span>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 44> kSingle{
    "ah",   "aha",     "alright", "absolutely",  "cool",   "exactly", "fine",   "good",     "great",
    "ha",   "hm",      "hmm",     "huh",         "indeed", "mhm",     "mm",     "mmm",      "mmhmm",
    "nice", "oh",      "ok",      "okay",        "ooh",    "really",  "right",  "sure",     "true",
    "uh",   "uhhuh",   "um",      "wow",         "yeah",   "yep",     "yes",    "yup",      "mmkay",
    "oki",  "perfect", "yea",     "interesting", "mhmm",   "uhuh",    "lovely", "wonderful"};
constexpr std::array<std::array<std::string_view, 2>, 9> kPairs{{{"i", "see"},
                                                                 {"got", "it"},
                                                                 {"of", "course"},
                                                                 {"all", "right"},
                                                                 {"go", "on"},
                                                                 {"makes", "sense"},
                                                                 {"i", "know"},
                                                                 {"that's", "right"},
                                                                 {"sounds", "good"}}};
constexpr std::size_t kWordsMax = 4;

// How many of the first words are a known one; 0: none.
std::size_t known_at(std::span<const std::string> words) {
  if (std::ranges::find(kSingle, words.front()) != kSingle.end()) return 1;
  const bool pair = words.size() >= 2 && std::ranges::any_of(kPairs, [&](const auto& known) {
                      return known[0] == words[0] && known[1] == words[1];
                    });
  return pair ? 2 : 0;
}

bool begins_pair(const std::string& word) {
  return std::ranges::any_of(kPairs, [&](const auto& known) { return known[0] == word; });
}

}  // namespace

Backchannels::Backchannels(const std::vector<std::string>& more) {
  for (const std::string& phrase : more) {
    std::vector<std::string> words = words_of(phrase);
    if (!words.empty()) phrases_.push_back(std::move(words));
  }
}

Wording Backchannels::wording_of(std::string_view text) const {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return Wording::none;
  if (words.size() > kWordsMax) return Wording::words;
  std::span<const std::string> rest = words;
  while (!rest.empty()) {
    std::size_t known = known_at(rest);
    for (const auto& phrase : phrases_) {
      if (rest.size() >= phrase.size() && std::ranges::equal(phrase, rest.first(phrase.size())))
        known = std::max(known, phrase.size());
    }
    if (known == 0)
      return rest.size() == 1 && begins_pair(rest[0]) ? Wording::beginning : Wording::words;
    rest = rest.subspan(known);
  }
  return Wording::backchannel;
}

}  // namespace antiphon

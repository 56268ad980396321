// Judges whether the passage nearest to a question answers it or only resembles it.
//
// "How much does a haircut cost?" is near to every price. What tells it from "how expensive is a
// crown?" is the word that the question is about: does it stand in the sentence, or mean something
// near to it?
// Input   the question; the passages found for it, best first, as many as kPassagesWeighed.
// Rule    score >= kScoreSure: it answers. Between, one of:
//         · a word of the question stands in the sentence and in few other passages, and the score
//           is >= kScoreSpecific or at least half of the question's words stand there;
//         · the question's words that are missing from the sentence mean something near to it
//           (`missing`, for a second search; >= kMissingMin) and the score is >= kScoreSpecific.
//         Words of shape ("how much", "how long") are no evidence.
// Veto    whatever the score: a word that the passages lack, without which the question comes
//         nearer to the sentence, is about something else. "Are the banks open on Sunday?" comes
//         nearer to "We are closed on Sunday" without its banks.
// Thread  any; pure.
// Source  docs/explanation/built-in-engine.md has the questions and the figures.
#pragma once

#include "domain/knowledge.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr double kScoreSure = 0.62;
inline constexpr double kScoreSpecific = 0.45;
inline constexpr double kMissingMin = 0.40;
inline constexpr double kForeignMin = 0.04;   // likeness gained without the word
inline constexpr double kForeignSure = 0.06;  // the same, against a sure score
inline constexpr std::size_t kForeignWordsMax = 6;
inline constexpr std::size_t kPassagesWeighed = 8;
inline constexpr std::size_t kSpecificMax = 3;  // passages that may share a word that proves much

enum class Verdict : std::uint8_t { answers, does_not, look_for_missing };

struct Grounding {
  Verdict verdict = Verdict::does_not;
  std::string missing;  // for look_for_missing: search this, and compare the same sentence's score
};

[[nodiscard]] Grounding judge(std::string_view question, const std::vector<Passage>& passages);

// How near the sentence of `best` came in a search for the missing words.
[[nodiscard]] bool means_the_missing(const Passage& best, const std::vector<Passage>& found);

// The words that may be about something else: those that none of the passages and their headings
// hold. At most kForeignWordsMax.
[[nodiscard]] std::vector<std::string> foreign_candidates(std::string_view question,
                                                          const std::vector<Passage>& passages);

// The question without `word`, for a search.
[[nodiscard]] std::string without(std::string_view question, std::string_view word);

// Does the sentence of `best` come nearer in `found`, the search without a word?
[[nodiscard]] bool is_nearer(const Passage& best, const std::vector<Passage>& found);

}  // namespace antiphon

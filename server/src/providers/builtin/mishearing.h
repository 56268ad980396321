// Reads a question as it may have been said, where a recognizer took words for others that sound
// like them: "Can I come with a real chair?" when the knowledge speaks of a wheelchair.
//
// Input   the question, lower case, one space between words; passages found for it.
// Output  the question with the words of the passages in place of one or two neighbouring words
//         that the passages do not hold and that sound almost the same; empty when there are none.
//         A guess: search and judge it like any question.
// Limits  kWordsRead words; passages as a search gives them.
// Thread  any; under a millisecond for the 20 passages of a search.
#pragma once

#include "domain/knowledge.h"

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr double kSoundsAlike = 0.2;     // sound_distance() that a recognizer overlooks
inline constexpr std::size_t kSoundsLeast = 4;  // in fewer, one sound is too much of a word
inline constexpr std::size_t kWordsRead = 24;

[[nodiscard]] std::string as_may_have_been_said(std::string_view question,
                                                const std::vector<Passage>& passages);

}  // namespace antiphon

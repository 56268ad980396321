// Which pause of a clause's sound lies behind which of its words.
//
// Searches all orders-preserving matches for the one that asks for the least: phrases as long as
// their words let expect, pauses at punctuation, punctuation with pauses. A pause may stay without
// a word (the closure of a plosive), a word without a pause.
// Limits  128 words, the 12 longest pauses: 4 ms for such a clause, as it runs between ticks.
#pragma once

#include "engine/clause_sound.h"
#include "engine/word_timeline.h"

#include <span>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kMatchedWordsMax = 128;

struct PauseBehind {
  std::size_t word = 0;  // how many words lie before the pause
  SoundSpan pause;
};

// Of a whole clause: all its words sound in `voice`.
[[nodiscard]] std::vector<PauseBehind> match_pauses(std::span<const ClauseWord> words,
                                                    SoundSpan voice, std::vector<SoundSpan> pauses);
// Of a clause that is still growing: `pace` is in seconds per weight.
[[nodiscard]] std::vector<PauseBehind> match_first_pauses(std::span<const ClauseWord> words,
                                                          SoundSpan voice,
                                                          std::vector<SoundSpan> pauses,
                                                          double pace);

}  // namespace antiphon

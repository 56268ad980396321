// When each word of a clause sounds: from the synthesizer's word times where it has some, else from
// the text and the sound.
//
// Input   the written clause and the pieces that say which spoken bytes stand for it; word times on
//         the spoken text, which are claims from outside: in any order, overlapping, too long,
//         missing.
// Output  one span for each word of the written text, in its order, never running backwards.
// Limits  without word times, a clause of up to 128 words has its pauses matched with its
//         punctuation; a longer one shares its sound by the length of its words alone.
// Thread  any; up to 4 ms for the longest clause, so never in the tick.
#pragma once

#include "engine/clause_sound.h"
#include "engine/speech_text.h"
#include "ports/speech_synthesizer.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace antiphon {

struct ClauseWord {
  std::size_t written_end = 0;  // bytes of the written text up to the end of this word
  std::uint32_t spoken_begin = 0;
  std::uint32_t spoken_end = 0;
  double weight = 0;         // how long it takes to say, in units that cancel out
  bool pause_after = false;  // punctuation that a reader would breathe at
};

// Without pieces the written text is the spoken one.
[[nodiscard]] std::vector<ClauseWord> words_of_clause(std::string_view written,
                                                      std::span<const SpokenPiece> pieces);

struct Timeline {
  const ClauseSound& sound;
  bool complete = false;
  double samples_per_weight = 0;  // expected; what the clause itself tells counts more
};

// In samples from the clause's first one. Empty while nothing is audible.
[[nodiscard]] std::vector<SoundSpan> place_words(std::span<const ClauseWord> words,
                                                 std::span<const WordTime> times,
                                                 const Timeline& timeline);

// English at a normal pace.
inline constexpr double kSamplesPerWeight = 16'000;  // a weight of 1 is a second
[[nodiscard]] double weight_of(std::span<const ClauseWord> words);

}  // namespace antiphon

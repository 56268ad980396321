// How English words sound, and how alike two of them do.
//
//   sound_distance(sounds_of("part"), sounds_of("park"))     0.125: one stop for another, of four
//
// Input   any bytes; only letters sound.
// Output  sounds_of(): the sounds of all words of a text, without borders: "real chair" and
//         "wheelchair" differ in one. sound_distance(): 0 (the same) to 1 or a little more.
// Limits  the first kSoundsMax sounds count.
// Thread  any; waits for flite's lock once, the first time. 4 microseconds a word, 0.2 a distance.
// Source  flite 2.2 (CMU lexicon, letter-to-sound rules). The costs are ours: sounds that differ in
//         voice alone, or in place alone, are what a recognizer takes for each other.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kSoundsMax = 40;
inline constexpr double kSoundLostLeast = 0.6;  // what a sound costs, at least, that only one has

using Sounds = std::vector<std::uint8_t>;  // one a phone

[[nodiscard]] Sounds sounds_of(std::string_view text);

[[nodiscard]] double sound_distance(const Sounds& left, const Sounds& right);

}  // namespace antiphon

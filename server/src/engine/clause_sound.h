// The loudness of one clause's sound, enough of it to find where the voice begins, pauses and ends.
//
// Input   samples as they come from the synthesizer, in chunks of any size.
// Output  positions in samples from the clause's first one. A pause is at least 60 ms far below the
//         clause's own loudness: between phrases, or where a plosive closes the mouth.
// Limits  one value for 10 ms, two minutes of them; what lies behind only counts.
// Thread  owned by one session. Never called from the tick.
#pragma once

#include "engine/caller_audio.h"

#include <cstdint>
#include <span>
#include <vector>

namespace antiphon {

struct SoundSpan {
  SampleIndex begin = 0;
  SampleIndex end = 0;
  bool operator==(const SoundSpan&) const = default;
};

class ClauseSound {
 public:
  void add(std::span<const Sample> samples);

  [[nodiscard]] SampleIndex count() const { return count_; }
  // From the first to behind the last audible sample; empty while all is silence.
  [[nodiscard]] SoundSpan voice() const { return voice_; }
  // In order, all inside voice().
  [[nodiscard]] std::vector<SoundSpan> pauses() const;

 private:
  SampleIndex count_ = 0;
  SoundSpan voice_;
  std::vector<std::uint16_t> peaks_;
};

}  // namespace antiphon

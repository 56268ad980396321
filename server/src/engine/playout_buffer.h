// The agent's voice between the synthesizer, which comes in bursts, and the tick, which takes 20 ms
// at a time.
//
// write() accepts what there is room for: 3 s ahead. The last second that was taken is kept, so
// that a resumed reply can go back to the border of a word.
// Limits  4 s of samples, allocated at the first write. take(), rewind() allocate nothing.
// Thread  owned by one session.
#pragma once

#include "engine/caller_audio.h"

#include <span>
#include <vector>

namespace antiphon {

class PlayoutBuffer {
 public:
  // A new reply; positions start at 0 again.
  void begin() noexcept;
  // Returns how many samples were accepted.
  std::size_t write(std::span<const Sample> samples);
  // No more samples will come.
  void finish() noexcept { finished_ = true; }
  // One frame, the last one filled up with silence. False: not enough samples yet, or all were
  // taken.
  bool take(AudioFrame& frame) noexcept;
  // Goes back to `position`, or as far as samples are still held.
  void rewind(SampleIndex position) noexcept;

  [[nodiscard]] SampleIndex written() const { return written_; }
  [[nodiscard]] SampleIndex taken() const { return taken_; }
  [[nodiscard]] bool drained() const { return finished_ && taken_ >= written_; }

 private:
  static constexpr std::size_t kCapacity = std::size_t{1} << 16;  // 4.1 s
  static constexpr std::size_t kHistory = kEngineRate.value();

  std::vector<Sample> ring_;
  SampleIndex written_ = 0;
  SampleIndex taken_ = 0;
  SampleIndex furthest_ = 0;  // taken_ before any rewind
  bool finished_ = false;
};

}  // namespace antiphon

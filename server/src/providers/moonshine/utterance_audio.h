// The audio of one utterance that is not yet text, and where in it somebody speaks.
//
// Positions count samples from the utterance's beginning and never restart; what lies before
// kept_from() is gone.
//
// Limits  60 s; when more is pushed the oldest goes and is counted. Memory is touched as it is used
//         (1.9 MB at most).
// Thread  one owner. push() allocates nothing.
#pragma once

#include "core/audio_frame.h"
#include "dsp/level.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace antiphon {

using AudioPosition = std::uint64_t;

class UtteranceAudio {
 public:
  static constexpr std::size_t kCapacity = 60 * 16'000;
  static constexpr std::size_t kBlock = kFrameSamples.value();

  UtteranceAudio();

  void clear();
  void push(std::span<const Sample> samples);
  void forget_before(AudioPosition position);

  [[nodiscard]] AudioPosition end() const { return end_; }
  [[nodiscard]] AudioPosition kept_from() const { return kept_from_; }
  // One past the last loud 20 ms; 0 when there was none.
  [[nodiscard]] AudioPosition speech_end() const { return speech_end_; }
  // Loud 20 ms blocks since clear().
  [[nodiscard]] std::size_t loud_blocks() const { return loud_blocks_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::vector<Sample> copy(AudioPosition from, AudioPosition to) const;

 private:
  void judge_block(AudioPosition block_end);

  std::unique_ptr<Sample[]> ring_;
  NoiseFloor floor_;  // of the line: survives clear()
  AudioPosition end_ = 0;
  AudioPosition kept_from_ = 0;
  AudioPosition speech_end_ = 0;
  std::size_t loud_blocks_ = 0;
  std::uint64_t lost_ = 0;
};

// Where to cut `audio` with the least harm: the middle of the quietest 200 ms in [earliest,
// latest).
[[nodiscard]] std::size_t quietest_point(std::span<const Sample> audio, std::size_t earliest,
                                         std::size_t latest);

}  // namespace antiphon

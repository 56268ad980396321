// Is what the caller sends our own voice coming back?
//
// Compares the last 96 ms of the caller with the last 0.7 s of what was sent, at every delay, by
// normalised cross-correlation of both at 4 kHz. A caller who talks over the echo is louder than it
// and therefore no echo.
//
// Input   16 kHz mono: sent frames of 320 samples, caller windows of 512, as they pass.
// Output  the greatest correlation, 0 to 1. Above kEcho the sound is ours.
// Limits  echoes that come back within 600 ms; about 0.3 ms of a core a question.
// Thread  owned by one session; allocates nothing after construction.
#pragma once

#include "core/audio_frame.h"

#include <cstddef>
#include <span>
#include <vector>

namespace antiphon {

class EchoDetector {
 public:
  void sent(std::span<const Sample> samples) noexcept { reference_.push(samples); }
  // Nothing was sent for `samples`: keeps both clocks together.
  void sent_nothing(std::size_t samples) noexcept { reference_.push_silence(samples); }
  void received(std::span<const Sample> samples) noexcept { caller_.push(samples); }
  [[nodiscard]] float correlation() const noexcept;

  static constexpr float kEcho = 0.75F;

 private:
  static constexpr std::size_t kDecimation = 4;
  static constexpr std::size_t kCompared = 384;     // 96 ms
  static constexpr std::size_t kReference = 2'816;  // 704 ms

  // The last samples of one direction at 4 kHz, contiguous: the front is moved out when it is full.
  class Track {
   public:
    explicit Track(std::size_t kept);
    void push(std::span<const Sample> samples) noexcept;
    void push_silence(std::size_t samples) noexcept;
    [[nodiscard]] std::span<const float> latest() const noexcept;

   private:
    void add(float sample) noexcept;

    std::size_t kept_;
    std::vector<float> samples_;
    std::size_t end_;
    float sum_ = 0;  // of the samples that make the next one
    std::size_t summed_ = 0;
  };

  Track reference_{kReference};
  Track caller_{kCompared};
};

}  // namespace antiphon

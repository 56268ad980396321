// Is what the caller sends our own voice coming back?
//
// Compares the last 128 ms of the caller with the last 0.7 s of what was sent, at every delay, by
// normalised cross-correlation at 4 kHz of both signals' differences: that evens out the spectrum,
// so that two voices of one pitch are not taken for one voice. An echo comes back at the same delay
// each time; a caller who talks over it is louder than it and therefore no echo.
//
// Input   16 kHz mono: sent frames of 320 samples, caller windows of 512, as they pass.
// Limits  echoes that come back within 570 ms; about 0.3 ms of a core a question.
// Thread  owned by one session; allocates nothing after construction.
#pragma once

#include "core/audio_frame.h"

#include <cstddef>
#include <span>
#include <vector>

namespace antiphon {

class EchoDetector {
 public:
  // Pieces of a multiple of four samples, like frames and windows.
  void sent(std::span<const Sample> samples) noexcept { reference_.push(samples); }
  // Nothing was sent for `samples`: keeps both clocks together.
  void sent_nothing(std::size_t samples) noexcept { reference_.push_silence(samples); }
  void received(std::span<const Sample> samples) noexcept {
    if (!reference_.is_silent()) caller_.push(samples);
  }
  // Once per window: the caller's last 128 ms are our own voice.
  [[nodiscard]] bool is_echo() noexcept;

 private:
  struct Match {
    float correlation = 0;  // 0 to 1
    std::size_t delay = 0;  // samples at 4 kHz between the ends of both
  };

  static constexpr std::size_t kDecimation = 4;
  static constexpr std::size_t kCompared = 512;     // 128 ms
  static constexpr std::size_t kReference = 2'816;  // 704 ms
  static constexpr float kAlike = 0.6F;
  static constexpr float kSurelyAlike = 0.85F;
  // Frames and windows come in turns, so the delay wavers by as much as a frame.
  static constexpr std::size_t kDelayWavers = 100;

  // The last samples of one direction at 4 kHz, contiguous: the front is moved out when it is full.
  class Track {
   public:
    explicit Track(std::size_t kept) : kept_(kept), samples_(3 * kept), end_(kept) {}
    // A multiple of four samples, kept * 4 at most.
    void push(std::span<const Sample> samples) noexcept;
    void push_silence(std::size_t samples) noexcept;
    [[nodiscard]] std::span<const float> latest() const noexcept;
    [[nodiscard]] bool is_silent() const { return silent_ >= kept_; }

   private:
    // Room for `count` more samples.
    std::span<float> extend(std::size_t count) noexcept;

    std::size_t kept_;
    std::vector<float> samples_;
    std::size_t end_;
    float before_ = 0;
    std::size_t silent_ = kReference;  // this many samples of silence at the end, or more
  };

  [[nodiscard]] Match match() const noexcept;
  [[nodiscard]] static Match best_of(std::span<const float> caller,
                                     std::span<const float> reference) noexcept;
  [[nodiscard]] static Match best_of_avx2(std::span<const float> caller,
                                          std::span<const float> reference) noexcept;

  Track reference_{kReference};
  Track caller_{kCompared};
  std::size_t last_delay_ = kReference;  // none
};

}  // namespace antiphon

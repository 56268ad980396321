// Tells speech from everything else, for many calls in one run.
//
// Input   one window of 512 samples (32 ms at 16 kHz) per call, and that call's state.
// Output  the probability that the window holds speech, 0 to 1, one per input, in order.
// Limits  up to kBatchMax inputs a run; more are run in parts.
// Errors  none: a failed run yields 0 and is counted.
// Thread  one detector per media worker; process() blocks for the inference and allocates nothing.
#pragma once

#include "core/audio_frame.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace antiphon {

class VoiceActivityDetector {
 public:
  static constexpr std::size_t kWindowSamples = 512;
  static constexpr std::size_t kBatchMax = 64;

  struct Input {
    std::array<Sample, kWindowSamples> samples{};
  };
  // Windows that were not worth a run, after which the model forgets what it heard.
  static constexpr int kRestAfter = 4;

  // What the model carries from window to window: 2 × 128 recurrent values and 64 samples of
  // context. A new call, and one that was quiet for kRestAfter windows, starts from what quiet
  // leaves in the model: what the end of a sentence leaves makes it deaf to the next one.
  struct State {
    std::array<float, 256> recurrent{};
    std::array<Sample, 64> context{};
    int skipped = kRestAfter;

    // The call's window that was not worth a run.
    void skip(const Input& input) noexcept {
      std::ranges::copy(std::span(input.samples).last(context.size()), context.begin());
      skipped = std::min(skipped + 1, kRestAfter);
    }
    [[nodiscard]] bool rested() const noexcept { return skipped == kRestAfter; }
  };

  virtual ~VoiceActivityDetector() = default;
  virtual void process(std::span<const Input> inputs, std::span<State> states,
                       std::span<float> probabilities) = 0;
};

}  // namespace antiphon

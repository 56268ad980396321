// Silero VAD 6 on ONNX Runtime, many calls in one run.
//
// Input   512 samples at 16 kHz a call; the model also sees the 64 before them, kept in the call's
//         State.
// Limits  batches of 1-8, 12, 16, 24, 32, 48, 64 are bound at construction (1.1 MB); others run in
//         the next larger.
// Errors  open(): not_found, corrupt.
// Thread  one media worker; process() blocks for the inference, about 85 µs alone and 31 µs a call
//         in 32.
// Source  silero-vad 6.2.3 (MIT). sherpa's own detector queues segments and clips first words, so
//         not that.
#pragma once

#include "core/metrics.h"
#include "core/result.h"
#include "ports/voice_activity_detector.h"

#include <filesystem>
#include <memory>

namespace antiphon {

class SileroDetector final : public VoiceActivityDetector {
 public:
  static Result<std::unique_ptr<SileroDetector>> open(const std::filesystem::path& model,
                                                      Metrics& metrics);
  ~SileroDetector() override;

  void process(std::span<const Input> inputs, std::span<State> states,
               std::span<float> probabilities) override;

 private:
  struct Impl;
  explicit SileroDetector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace antiphon

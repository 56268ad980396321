// Smart Turn 3.2: judges from the last 8 s of sound whether the caller has finished.
//
//   auto detector = SmartTurnDetector::open(models / "smart-turn-v3.2-cpu.onnx", pool);
//
// Limits  about 80 ms of a core a question. Keep 200 ms of silence at the end of the audio.
// Errors  open(): not_found, corrupt. completion(): the pool's.
// Thread  any executor; the pool outlives it.
// Source  pipecat-ai/smart-turn 3.2 (BSD-2), Whisper features in front of a Whisper-tiny encoder.
#pragma once

#include "ports/turn_detector.h"
#include "providers/inference_pool.h"

#include <filesystem>
#include <memory>

namespace antiphon {

class OnnxSession;

class SmartTurnDetector final : public TurnDetector {
 public:
  static Result<std::unique_ptr<SmartTurnDetector>> open(const std::filesystem::path& model,
                                                         InferencePool& pool);
  ~SmartTurnDetector() override;

  Task<Result<float>> completion(std::vector<Sample> audio) override;

 private:
  SmartTurnDetector(std::shared_ptr<const OnnxSession> session, InferencePool& pool);
  std::shared_ptr<const OnnxSession> session_;  // jobs in flight are the other owners
  InferencePool& pool_;
};

}  // namespace antiphon

#include "providers/smart_turn/smart_turn_detector.h"

#include "dsp/log_mel.h"
#include "providers/onnx_session.h"

#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

// Later than this the silence alone has decided.
constexpr Duration kPatience = 600ms;

Result<OnnxBinding> bind(const OnnxSession& session) {
  return session.bind({{"input_features", {1, kMelBands, kMelFrames}}}, {{"logits", {1, 1}}});
}

Result<float> judge(const OnnxSession& session, std::span<const Sample> audio) {
  auto binding = bind(session);
  if (!binding) return std::unexpected(std::move(binding.error()));
  whisper_features(audio, binding->floats("input_features").first<kMelBands * kMelFrames>());
  auto ran = binding->run();
  if (!ran) return std::unexpected(std::move(ran.error()));
  // Called logits, but the graph ends in a sigmoid.
  return binding->floats("logits")[0];
}

}  // namespace

SmartTurnDetector::SmartTurnDetector(std::shared_ptr<const OnnxSession> session,
                                     InferencePool& pool)
    : session_(std::move(session)), pool_(pool) {}

SmartTurnDetector::~SmartTurnDetector() = default;

Result<std::unique_ptr<SmartTurnDetector>> SmartTurnDetector::open(
    const std::filesystem::path& model, InferencePool& pool) {
  auto session = OnnxSession::open(model, {.threads = 1});
  if (!session) return std::unexpected(std::move(session.error()));
  auto fits = bind(*session);
  if (!fits) return std::unexpected(std::move(fits.error()));
  return std::unique_ptr<SmartTurnDetector>(
      new SmartTurnDetector(std::make_shared<const OnnxSession>(std::move(*session)), pool));
}

Task<Result<float>> SmartTurnDetector::completion(std::vector<Sample> audio) {
  const InferenceJob job{.kind = InferenceKind::turn, .deadline = pool_.clock().now() + kPatience};
  auto work = [session = session_, audio = std::move(audio)] { return judge(*session, audio); };
  co_return co_await pool_.run<float>(job, std::move(work));
}

}  // namespace antiphon

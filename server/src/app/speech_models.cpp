#include "app/speech_models.h"

#include "core/check.h"
#include "providers/minilm/minilm_model.h"
#include "providers/model_files.h"
#include "providers/moonshine/moonshine_model.h"
#include "providers/moonshine/moonshine_recognizer.h"
#include "providers/piper/piper_synthesizer.h"
#include "providers/piper/piper_voice.h"
#include "providers/silero/silero_detector.h"
#include "providers/smart_turn/smart_turn_detector.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace antiphon {

namespace {

namespace fs = std::filesystem;

// Everything open() found good, before it becomes one object.
struct Opened {
  std::shared_ptr<const MoonshineModel> moonshine;
  std::shared_ptr<const PiperVoice> voice;
  std::unique_ptr<SmartTurnDetector> smart_turn;
  std::unique_ptr<MiniLmModel> minilm;
};

class EmbeddedModels final : public SpeechModels {
 public:
  EmbeddedModels(Opened opened, fs::path silero, InferencePool& pool, Metrics& metrics)
      : opened_(std::move(opened)),
        silero_(std::move(silero)),
        metrics_(metrics),
        pool_(pool),
        recognizer_(opened_.moonshine, pool, metrics),
        synthesizer_(opened_.voice, pool) {}

  SpeechStack stack() override {
    return {.recognizer = &recognizer_,
            .synthesizer = &synthesizer_,
            .turn_detector = opened_.smart_turn.get(),
            .make_voice_activity_detector = [this]() -> std::unique_ptr<VoiceActivityDetector> {
              auto detector = SileroDetector::open(silero_, metrics_);
              CHECK(detector, "the file was verified and opened when the server started");
              return std::move(*detector);
            },
            .has_room = [this](std::size_t calls) { return pool_.has_room(calls); }};
  }
  EmbeddingModel& embeddings() override { return *opened_.minilm; }
  [[nodiscard]] bool has_word_times() const override { return opened_.voice->knows_durations(); }

 private:
  Opened opened_;
  fs::path silero_;
  Metrics& metrics_;
  InferencePool& pool_;
  MoonshineRecognizer recognizer_;
  PiperSynthesizer synthesizer_;
};

}  // namespace

Result<std::unique_ptr<SpeechModels>> SpeechModels::open(const fs::path& models,
                                                         const fs::path& stamps,
                                                         InferencePool& pool, Metrics& metrics) {
  auto files = ModelFiles::open(models, stamps / "models.verified");
  if (!files) return std::unexpected(std::move(files.error()));
  auto verified = files->verify();
  if (!verified) return std::unexpected(std::move(verified.error()));
  Opened opened;
  auto moonshine = MoonshineModel::open(models / "moonshine", {});
  if (!moonshine) return std::unexpected(std::move(moonshine.error()));
  opened.moonshine = std::move(*moonshine);
  auto voice = PiperVoice::open(models / "joe", {});
  if (!voice) return std::unexpected(std::move(voice.error()));
  opened.voice = std::move(*voice);
  auto smart_turn = SmartTurnDetector::open(models / "smart-turn-v3.2-cpu.onnx", pool);
  if (!smart_turn) return std::unexpected(std::move(smart_turn.error()));
  opened.smart_turn = std::move(*smart_turn);
  auto minilm = MiniLmModel::open(models / "minilm", pool);
  if (!minilm) return std::unexpected(std::move(minilm.error()));
  opened.minilm = std::move(*minilm);
  const fs::path silero = models / "silero_vad.onnx";
  const auto detector = SileroDetector::open(silero, metrics);
  if (!detector) return std::unexpected(detector.error());
  return std::make_unique<EmbeddedModels>(std::move(opened), silero, pool, metrics);
}

Result<fs::path> find_models(const fs::path& given, const fs::path& program) {
  std::vector<fs::path> candidates;
  if (!given.empty()) {
    candidates = {given};
  } else {
    candidates.push_back(program.parent_path() / "../share/antiphon/models");
    std::ifstream prefix(program.parent_path() / "speech-prefix");
    const std::string text{std::istreambuf_iterator<char>(prefix), {}};
    if (!text.empty()) candidates.push_back(fs::path(text) / "models");
  }
  for (const fs::path& candidate : candidates) {
    std::error_code ignored;
    if (fs::exists(candidate / "manifest.json", ignored)) return candidate;
  }
  return failure(ErrorCode::not_found,
                 fmt::format("no speech models in {}; run tools/fetch-models, or give --models",
                             candidates.back().string()));
}

Result<fs::path> find_verified_models(const fs::path& given, const fs::path& program,
                                      std::string_view role) {
  auto models = find_models(given, program);
  if (!models) return models;
  auto files = ModelFiles::open(*models, {});
  if (!files) return std::unexpected(std::move(files.error()));
  auto verified = files->verify(role);
  if (!verified) return std::unexpected(std::move(verified.error()));
  return models;
}

}  // namespace antiphon

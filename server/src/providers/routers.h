// Each agent's own engine: what its configuration names answers, speaks and hears. What stands
// behind a name may itself be made of others.
//
//   ModelRouter models({{ModelProvider::builtin, &builtin}, {ModelProvider::openai, &openai}});
//
// Errors  unsupported: this server has nothing of that name.
// Thread  reply(), synthesize(), open(): any; what they give: as of what is behind.
#pragma once

#include "ports/language_model.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"

#include <map>
#include <memory>
#include <utility>

namespace antiphon {

class ModelRouter final : public LanguageModel {
 public:
  explicit ModelRouter(std::map<ModelProvider, LanguageModel*> models)
      : models_(std::move(models)) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration& configuration) const override;

 private:
  std::map<ModelProvider, LanguageModel*> models_;
};

class VoiceRouter final : public SpeechSynthesizer {
 public:
  explicit VoiceRouter(std::map<VoiceProvider, SpeechSynthesizer*> voices)
      : voices_(std::move(voices)) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  // What no embedded voice will say is left out: it would be paid for.
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;
  [[nodiscard]] ProviderName provider(const SynthesisRequest& request) const override;

 private:
  std::map<VoiceProvider, SpeechSynthesizer*> voices_;
};

class RecognizerRouter final : public SpeechRecognizer {
 public:
  explicit RecognizerRouter(std::map<RecognizerProvider, SpeechRecognizer*> recognizers)
      : recognizers_(std::move(recognizers)) {}
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;
  [[nodiscard]] ProviderName provider(const RecognitionOptions& options) const override;

 private:
  std::map<RecognizerProvider, SpeechRecognizer*> recognizers_;
};

}  // namespace antiphon

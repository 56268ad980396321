// Agents whose configuration names fallbacks get a chain of providers; all others go straight to
// the one they name.
//
//   ModelChain models(model_router, health, clock);   // is a LanguageModel, as the router is
//
// Usage is counted under the first provider of a chain, whoever did the work.
// Thread  as the ports. All borrowed; they outlive what is made here.
#pragma once

#include "ports/language_model.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"
#include "providers/fallback/health_book.h"

#include <memory>
#include <vector>

namespace antiphon {

struct ChainParts {
  HealthBook& health;
  Clock& clock;
};

class ModelChain final : public LanguageModel {
 public:
  ModelChain(LanguageModel& one, ChainParts parts) : one_(one), parts_(parts) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration& configuration) const override {
    return one_.provider(configuration);
  }

 private:
  LanguageModel& one_;
  ChainParts parts_;
};

class VoiceChain final : public SpeechSynthesizer {
 public:
  VoiceChain(SpeechSynthesizer& one, ChainParts parts) : one_(one), parts_(parts) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;
  [[nodiscard]] ProviderName provider(const SynthesisRequest& request) const override {
    return one_.provider(request);
  }

 private:
  SpeechSynthesizer& one_;
  ChainParts parts_;
};

class RecognizerChain final : public SpeechRecognizer {
 public:
  RecognizerChain(SpeechRecognizer& one, ChainParts parts) : one_(one), parts_(parts) {}
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;
  [[nodiscard]] ProviderName provider(const RecognitionOptions& options) const override {
    return one_.provider(options);
  }

 private:
  SpeechRecognizer& one_;
  ChainParts parts_;
};

}  // namespace antiphon

#include "app/provider_chains.h"

#include "providers/fallback/fallback_model.h"
#include "providers/fallback/fallback_recognizer.h"
#include "providers/fallback/fallback_synthesizer.h"

#include <boost/describe/enum_to_string.hpp>

#include <string>
#include <utility>

namespace antiphon {

namespace {

template <class Provider>
std::string name_of(Provider provider) {
  return boost::describe::enum_to_string(provider, "unknown");
}

// A server and its model may be well while another of the same provider is not; a workspace's own
// key may be refused while another's is taken.
std::string server_of(const ProviderAccount& account) {
  return account.base_url + '\n' + account.model + '\n' + account.workspace.to_string() + '\n' +
         account.secret;
}

// One provider of a chain: what it is asked is asked of `one` with its own part of the
// configuration.
class ModelOfChain final : public LanguageModel {
 public:
  ModelOfChain(LanguageModel& one, LanguageModelConfiguration configuration)
      : one_(one), configuration_(std::move(configuration)) {}
  std::unique_ptr<ReplyStream> reply(ReplyRequest request) override {
    request.configuration.language_model = configuration_;
    request.configuration.fallbacks = {};
    return one_.reply(std::move(request));
  }

 private:
  LanguageModel& one_;
  LanguageModelConfiguration configuration_;
};

class VoiceOfChain final : public SpeechSynthesizer {
 public:
  VoiceOfChain(SpeechSynthesizer& one, SynthesisRequest voice)
      : one_(one), voice_(std::move(voice)) {}
  std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override {
    SynthesisRequest own = voice_;
    own.text = std::move(request.text);
    own.fallbacks.clear();
    return one_.synthesize(std::move(own));
  }
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override {
    co_return co_await one_.prepare(std::move(prompts));
  }

 private:
  SpeechSynthesizer& one_;
  SynthesisRequest voice_;
};

class RecognizerOfChain final : public SpeechRecognizer {
 public:
  RecognizerOfChain(SpeechRecognizer& one, RecognitionOptions options)
      : one_(one), options_(std::move(options)) {
    options_.fallbacks.clear();
  }
  std::unique_ptr<RecognitionStream> open(RecognitionOptions) override {
    return one_.open(options_);
  }

 private:
  SpeechRecognizer& one_;
  RecognitionOptions options_;
};

}  // namespace

std::unique_ptr<ReplyStream> ModelChain::reply(ReplyRequest request) {
  const auto& fallbacks = request.configuration.fallbacks.language_models.value();
  if (fallbacks.empty()) return one_.reply(std::move(request));
  std::vector<ModelLeg> legs;
  const auto add = [&](const LanguageModelConfiguration& model) {
    const ProviderAccount account = account_of(request.workspace, model);
    legs.push_back({std::make_shared<ModelOfChain>(one_, model),
                    parts_.health.of("llm", name_of(model.provider), server_of(account)),
                    model.provider != ModelProvider::builtin});
  };
  add(request.configuration.language_model);
  for (const LanguageModelConfiguration& model : fallbacks)
    add(model);
  return reply_from(std::move(legs), std::move(request), parts_.clock);
}

std::unique_ptr<SynthesisStream> VoiceChain::synthesize(SynthesisRequest request) {
  if (request.fallbacks.empty()) return one_.synthesize(std::move(request));
  std::vector<VoiceLeg> legs;
  const auto add = [&](const SynthesisRequest& voice) {
    legs.push_back({std::make_shared<VoiceOfChain>(one_, voice),
                    parts_.health.of("tts", name_of(voice.provider), server_of(voice.account)),
                    voice.voice});
  };
  add(request);
  for (const SynthesisRequest& voice : request.fallbacks)
    add(voice);
  return speak_from(std::move(legs), std::move(request), parts_.clock);
}

Task<Result<>> VoiceChain::prepare(std::vector<SynthesisRequest> prompts) {
  co_return co_await one_.prepare(std::move(prompts));
}

std::unique_ptr<RecognitionStream> RecognizerChain::open(RecognitionOptions options) {
  if (options.fallbacks.empty()) return one_.open(std::move(options));
  std::vector<HearingLeg> legs;
  const auto add = [&](const RecognitionOptions& hearing) {
    legs.push_back({std::make_shared<RecognizerOfChain>(one_, hearing),
                    parts_.health.of("stt", name_of(hearing.provider), server_of(hearing.account)),
                    hearing.provider == RecognizerProvider::moonshine});
  };
  add(options);
  for (const RecognitionOptions& hearing : options.fallbacks)
    add(hearing);
  return hear_with(std::move(legs), std::move(options), parts_.clock);
}

}  // namespace antiphon

#include "service/agent_providers.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

// `part` is one of the configurations of domain/provider.h; `is_remote`: it names a provider over
// the network.
template <class Part>
void check(const std::string& pointer, const Part& part, bool is_remote,
           std::vector<FieldError>& wrong) {
  const std::string& url = part.base_url.value();
  if (is_remote && part.model.empty()) {
    wrong.push_back({pointer + "/model", "must name the provider's model"});
  }
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    wrong.push_back({pointer + "/base_url", "must begin with https:// or http://"});
  }
  if (is_remote && url.empty() && part.secret.empty()) {
    wrong.push_back({pointer + "/secret",
                     "must name the secret that holds the provider's key, or give a base_url"});
  }
}

}  // namespace

Result<> check_providers(const AgentConfiguration& configuration, std::string_view pointer) {
  std::vector<FieldError> wrong;
  const std::string at(pointer);
  check(at + "/language_model", configuration.language_model,
        configuration.language_model.provider != ModelProvider::builtin, wrong);
  check(at + "/recognizer", configuration.recognizer,
        configuration.recognizer.provider != RecognizerProvider::moonshine, wrong);
  check(at + "/voice", configuration.voice, configuration.voice.provider != VoiceProvider::piper,
        wrong);
  const FallbackConfiguration& fallbacks = configuration.fallbacks;
  std::size_t place = 0;
  for (const LanguageModelConfiguration& model : fallbacks.language_models)
    check(at + "/fallbacks/language_models/" + std::to_string(place++), model,
          model.provider != ModelProvider::builtin, wrong);
  place = 0;
  for (const RecognizerConfiguration& recognizer : fallbacks.recognizers)
    check(at + "/fallbacks/recognizers/" + std::to_string(place++), recognizer,
          recognizer.provider != RecognizerProvider::moonshine, wrong);
  place = 0;
  for (const VoiceConfiguration& voice : fallbacks.voices)
    check(at + "/fallbacks/voices/" + std::to_string(place++), voice,
          voice.provider != VoiceProvider::piper, wrong);
  if (wrong.empty()) return {};
  return failure(ErrorCode::invalid_argument,
                 "the agent's configuration does not say enough of a provider", std::move(wrong));
}

}  // namespace antiphon

// Asks providers over the network for one small thing each, so that a person sees whether address,
// model and key are right before a caller does.
//
//   auto report = co_await check.run(principal, configuration, {.language_model = true});
//
// It costs what a few words cost at the provider.
// Limits  kPatience for each part.
// Errors  invalid_argument: the configuration says too little. A provider that fails is a line of
//         the report.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "domain/agent.h"
#include "domain/principal.h"
#include "ports/language_model.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ProviderParts {
  bool language_model = false;
  bool recognizer = false;
  bool voice = false;
};

struct ProviderFinding {
  std::string part;  // language_model, recognizer, voice
  bool works = false;
  std::chrono::milliseconds took{0};  // to its first word, text or sound
  std::string message;                // what it answered, or what is wrong
};

class ProviderCheck {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  // All borrowed; each looks at the provider that it is asked for, or fails.
  ProviderCheck(LanguageModel& model, SpeechRecognizer& recognizer, SpeechSynthesizer& voice,
                Clock& clock)
      : model_(model), recognizer_(recognizer), voice_(voice), clock_(clock) {}

  Task<Result<std::vector<ProviderFinding>>> run(Principal principal,
                                                 AgentConfiguration configuration,
                                                 ProviderParts parts);

 private:
  Task<Result<std::string>> ask_model(WorkspaceId workspace, AgentConfiguration configuration);
  Task<Result<std::string>> ask_recognizer(RecognitionOptions options);
  Task<Result<std::string>> ask_voice(SynthesisRequest request);
  Task<ProviderFinding> find(std::string part, Task<Result<std::string>> work);

  LanguageModel& model_;
  SpeechRecognizer& recognizer_;
  SpeechSynthesizer& voice_;
  Clock& clock_;
};

}  // namespace antiphon

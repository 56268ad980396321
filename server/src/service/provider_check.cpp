#include "service/provider_check.h"

#include "core/task_group.h"
#include "service/agent_providers.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kSoundSamples = 16'000;
constexpr Sample kLoud = 8'000;

std::string embedded() { return "embedded in this server; there is nothing to reach"; }

// A second of a buzz: loud enough to be sent, and no word.
std::vector<Sample> buzz() {
  std::vector<Sample> sound(kSoundSamples);
  for (std::size_t at = 0; at < sound.size(); ++at)
    sound[at] = at / 40 % 2 == 0 ? kLoud : Sample{-kLoud};
  return sound;
}

}  // namespace

Task<Result<std::vector<ProviderFinding>>> ProviderCheck::run(Principal principal,
                                                              AgentConfiguration configuration,
                                                              ProviderParts parts) {
  if (auto checked = check_providers(configuration, ""); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  const WorkspaceId workspace = principal.workspace;
  std::vector<ProviderFinding> findings;
  if (parts.language_model) {
    findings.push_back(co_await find("language_model", ask_model(workspace, configuration)));
  }
  if (parts.recognizer) {
    RecognitionOptions options{configuration.language.value(), configuration.recognizer.provider,
                               account_of(workspace, configuration.recognizer)};
    findings.push_back(co_await find("recognizer", ask_recognizer(std::move(options))));
  }
  if (parts.voice) {
    const VoiceConfiguration& voice = configuration.voice;
    SynthesisRequest request{"Ready.", voice.name.value(), voice.speed.value(), voice.provider,
                             account_of(workspace, voice)};
    findings.push_back(co_await find("voice", ask_voice(std::move(request))));
  }
  co_return findings;
}

Task<ProviderFinding> ProviderCheck::find(std::string part, Task<Result<std::string>> work) {
  const Timepoint began = clock_.now();
  auto found = co_await with_deadline(clock_, began + kPatience, std::move(work));
  ProviderFinding finding;
  finding.part = std::move(part);
  finding.works = found.has_value();
  finding.took = to_milliseconds(clock_.now() - began);
  finding.message = found ? std::move(*found) : std::move(found.error().message);
  co_return finding;
}

Task<Result<std::string>> ProviderCheck::ask_model(WorkspaceId workspace,
                                                   AgentConfiguration configuration) {
  if (configuration.language_model.provider == ModelProvider::builtin) co_return embedded();
  ReplyRequest request;
  request.workspace = workspace;
  request.configuration = std::move(configuration);
  request.configuration.language_model.actions = false;
  request.history = {{Speaker::caller, "Say only the word: ready"}};
  const auto stream = model_.reply(std::move(request));
  auto chunk = co_await stream->next();
  if (!chunk) co_return std::unexpected(std::move(chunk.error()));
  co_return std::string("the model answers");
}

Task<Result<std::string>> ProviderCheck::ask_recognizer(RecognitionOptions options) {
  if (options.provider == RecognizerProvider::moonshine) co_return embedded();
  const auto stream = recognizer_.open(std::move(options));
  stream->begin(1, buzz());
  stream->finish();
  auto event = co_await stream->next();
  if (!event) co_return std::unexpected(std::move(event.error()));
  co_return std::string("the recognizer takes speech");
}

Task<Result<std::string>> ProviderCheck::ask_voice(SynthesisRequest request) {
  if (request.provider == VoiceProvider::piper) co_return embedded();
  const auto stream = voice_.synthesize(std::move(request));
  auto chunk = co_await stream->next();
  if (!chunk) co_return std::unexpected(std::move(chunk.error()));
  co_return std::string("the voice speaks");
}

}  // namespace antiphon

#include "app/server_providers.h"

#include "api/providers/provider_routes.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon {

namespace {

// The adapters' own deadlines are shorter; these end what none of them waits for.
OutboundLimits limits() {
  return {.timeout = std::chrono::seconds(90), .body_bytes_max = 8 * 1024 * 1024};
}

}  // namespace

Result<OutboundPolicy> read_outbound_policy(const Options& options, std::string_view option) {
  OutboundPolicy policy;
  const std::string given = options.get(option);
  std::string_view text = given;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", "), text.size());
    if (end > 0) {
      auto target = OutboundTarget::parse(text.substr(0, end));
      if (!target) {
        return failure(ErrorCode::invalid_argument,
                       fmt::format("--{}: {}", option, target.error().message));
      }
      policy.allowed.push_back(std::move(*target));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return policy;
}

ServerProviders::ServerProviders(const ServerContext& context, OutboundPolicy policy,
                                 SecretVault& vault, KnowledgeIndex& index)
    : loop_("providers", context.clock, context.metrics),
      far_(loop_.executor()),
      resolver_(context.clock),
      client_(loop_.executor(), context.clock, resolver_, limits()),
      keys_(vault, context.executor, context.clock),
      openai_parts_{far_, context.clock, client_, keys_, std::move(policy)},
      builtin_(index),
      openai_model_(openai_parts_),
      openai_recognizer_(openai_parts_),
      openai_synthesizer_(openai_parts_),
      grounded_openai_(index, openai_model_),
      models_({{ModelProvider::builtin, &builtin_}, {ModelProvider::openai, &grounded_openai_}}),
      health_(context.clock, context.metrics),
      chain_parts_{health_, context.clock},
      chained_models_(models_, chain_parts_),
      check_(openai_model_, openai_recognizer_, openai_synthesizer_, context.clock) {}

SpeechStack ServerProviders::with(SpeechStack embedded) {
  voices_.emplace(std::map<VoiceProvider, SpeechSynthesizer*>{
      {VoiceProvider::piper, embedded.synthesizer}, {VoiceProvider::openai, &openai_synthesizer_}});
  recognizers_.emplace(std::map<RecognizerProvider, SpeechRecognizer*>{
      {RecognizerProvider::moonshine, embedded.recognizer},
      {RecognizerProvider::openai, &openai_recognizer_}});
  embedded.synthesizer = &chained_voices_.emplace(*voices_, chain_parts_);
  embedded.recognizer = &chained_recognizers_.emplace(*recognizers_, chain_parts_);
  return embedded;
}

void ServerProviders::start(Router& router, EngineSessionHost& host) {
  add_provider_routes(router, check_);
  host.set_language_model(chained_models_);
}

Task<> ServerProviders::stop() {
  co_await far_.stop();
  loop_.stop();
}

}  // namespace antiphon

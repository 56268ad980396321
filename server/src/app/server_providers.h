// The part of the server that speaks with providers over the network, and sends each agent to its
// own: a loop of its own, one outbound client, the adapters, the routers.
//
//   ServerProviders providers(context, policy, vault, index);
//   providers.start(router, host);              // typed conversations work from here on
//   host.set_speech(providers.with(speech->stack()));
//   co_await providers.stop();                  // after the sessions
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "app/options.h"
#include "app/provider_chains.h"
#include "app/server.h"
#include "engine/session_host.h"
#include "net/loop.h"
#include "net/outbound_client.h"
#include "providers/builtin/builtin_model.h"
#include "providers/far_stream.h"
#include "providers/knowledge/grounded_model.h"
#include "providers/openai/openai_model.h"
#include "providers/openai/openai_recognizer.h"
#include "providers/openai/openai_synthesizer.h"
#include "providers/provider_keys.h"
#include "providers/routers.h"
#include "service/provider_check.h"

#include <optional>

namespace antiphon {

// --provider-targets and its like. Errors: invalid_argument naming the option.
[[nodiscard]] Result<OutboundPolicy> read_outbound_policy(const Options& options,
                                                          std::string_view option);

class ServerProviders {
 public:
  ServerProviders(const ServerContext& context, OutboundPolicy policy, SecretVault& vault,
                  KnowledgeIndex& index);

  void start(Router& router, EngineSessionHost& host);
  // The same stack, with the providers over the network beside the embedded ones. Once.
  [[nodiscard]] SpeechStack with(SpeechStack embedded);
  // After with().
  [[nodiscard]] SpeechSynthesizer& voices() { return *voices_; }
  Task<> stop();

 private:
  Loop loop_;
  FarLoop far_;
  SystemResolver resolver_;
  OutboundClient client_;
  ProviderKeys keys_;
  openai::Parts openai_parts_;
  BuiltinModel builtin_;
  OpenAiModel openai_model_;
  OpenAiRecognizer openai_recognizer_;
  OpenAiSynthesizer openai_synthesizer_;
  GroundedModel grounded_openai_;
  ModelRouter models_;
  HealthBook health_;
  ChainParts chain_parts_;
  ModelChain chained_models_;
  ProviderCheck check_;
  std::optional<VoiceRouter> voices_;
  std::optional<RecognizerRouter> recognizers_;
  std::optional<VoiceChain> chained_voices_;
  std::optional<RecognizerChain> chained_recognizers_;
};

}  // namespace antiphon

// A language model behind POST /chat/completions: OpenAI's, vLLM, Ollama, llama-server, LiteLLM and
// every other server of that wire.
//
//   OpenAiModel model(parts);
//
// Which server, model and key: AgentConfiguration::language_model. Text comes as it is made; what
// the model calls of our own two tools ends the call or hands over, and with no words to it the
// agent's own phrase is said. Usage comes with the last chunk where the server counts.
// Limits  `patience_ms` to the first word, kBetween between two events, kTextMax of an answer
//         (chat_stream.h), 256 kB an event.
// Errors  openai_wire.h. A server that ends without saying that it is done broke off.
// Thread  as the port; the request runs on the providers' loop and ends with its stream.
#pragma once

#include "ports/language_model.h"
#include "providers/openai/openai_wire.h"

namespace antiphon {

class OpenAiModel final : public LanguageModel {
 public:
  static constexpr std::chrono::seconds kBetween{5};

  explicit OpenAiModel(const openai::Parts& parts) : parts_(parts) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration& configuration) const override {
    return {"openai", configuration.language_model.model.value()};
  }

 private:
  openai::Parts parts_;
};

}  // namespace antiphon

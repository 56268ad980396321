// A language model that says what a test says, when the test says.
#pragma once

#include "core/clock.h"
#include "ports/language_model.h"

#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace antiphon {

struct ScriptedReply {
  std::vector<std::string> texts;  // one chunk each
  Duration first_delay = std::chrono::milliseconds(100);
  Duration chunk_delay = std::chrono::milliseconds(20);
  ReplyAction action = ReplyAction::none;  // with the last chunk
  bool fails = false;                      // after the texts
  bool interruptible = true;
  TurnDirective directive = {};
  std::optional<TokenUsage> usage = {};   // with the last chunk
  std::vector<ToolCall> tool_calls = {};  // with the last chunk, which may be without text
};

class ScriptedModel final : public LanguageModel {
 public:
  explicit ScriptedModel(Clock& clock) : clock_(clock) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration&) const override {
    return {"scripted", "mind"};
  }

  // Taken one by one; afterwards `otherwise` is said.
  std::deque<ScriptedReply> replies;
  ScriptedReply otherwise{{"I see."}};
  std::vector<ReplyRequest> requests;
  int dropped = 0;  // streams destroyed before their end

 private:
  Clock& clock_;
};

}  // namespace antiphon

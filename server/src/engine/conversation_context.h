// What the language model is told has been said: the conversation as it was heard.
//
// Limits  the last kTurnsMax turns; older ones are forgotten.
// Thread  owned by one session.
#pragma once

#include "ports/language_model.h"

#include <string>
#include <vector>

namespace antiphon {

class ConversationContext {
 public:
  static constexpr std::size_t kTurnsMax = 60;

  // Without text and outcomes it is no turn. Two turns of the same speaker in a row become one,
  // unless the second did something.
  void add(Speaker speaker, std::string text, std::vector<ToolOutcome> outcomes = {});
  // The history for a reply to `caller_text`, which is not part of the context yet.
  [[nodiscard]] std::vector<ContextTurn> answering(std::string caller_text) const;
  [[nodiscard]] const std::vector<ContextTurn>& turns() const { return turns_; }

 private:
  std::vector<ContextTurn> turns_;
};

}  // namespace antiphon

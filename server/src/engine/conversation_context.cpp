#include "engine/conversation_context.h"

#include <utility>

namespace antiphon {

void ConversationContext::add(Speaker speaker, std::string text,
                              std::vector<ToolOutcome> outcomes) {
  if (text.empty() && outcomes.empty()) return;
  if (outcomes.empty() && !turns_.empty() && turns_.back().speaker == speaker) {
    if (!turns_.back().text.empty()) turns_.back().text += ' ';
    turns_.back().text += text;
    return;
  }
  if (turns_.size() == kTurnsMax) turns_.erase(turns_.begin());
  turns_.push_back({speaker, std::move(text), std::move(outcomes)});
}

std::vector<ContextTurn> ConversationContext::answering(std::string caller_text) const {
  ConversationContext with = *this;
  with.add(Speaker::caller, std::move(caller_text));
  return with.turns_;
}

}  // namespace antiphon

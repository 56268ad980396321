#include "engine/conversation_context.h"

#include <utility>

namespace antiphon {

void ConversationContext::add(Speaker speaker, std::string text) {
  if (text.empty()) return;
  if (!turns_.empty() && turns_.back().speaker == speaker) {
    turns_.back().text += ' ';
    turns_.back().text += text;
    return;
  }
  if (turns_.size() == kTurnsMax) turns_.erase(turns_.begin());
  turns_.push_back({speaker, std::move(text)});
}

std::vector<ContextTurn> ConversationContext::answering(std::string caller_text) const {
  ConversationContext with = *this;
  with.add(Speaker::caller, std::move(caller_text));
  return with.turns_;
}

}  // namespace antiphon

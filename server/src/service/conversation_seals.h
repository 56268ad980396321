// Makes ready what a conversation is sealed with, before its first word.
//
// Errors  begin(): none for a recording: without its key the call runs and is not recorded.
// Thread  begin(): the API loop.
#pragma once

#include "core/log.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "service/sealing_keys.h"

namespace antiphon {

class ConversationSeals {
 public:
  ConversationSeals(SealingKeys& keys, Log& log) : keys_(keys), log_(log) {}

  Task<Result<>> begin(Conversation conversation, bool is_recorded);

 private:
  SealingKeys& keys_;
  Log& log_;
};

}  // namespace antiphon

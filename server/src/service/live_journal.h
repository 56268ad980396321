// Shows what is recorded of conversations to those who watch, and passes it on.
//
// What LiveEvent::event holds: each ConversationEvent as the notice it was; besides
// conversation.started, conversation.message and conversation.ended.
// Thread  any.
#pragma once

#include "ports/conversation_journal.h"
#include "service/live_feed.h"

#include <string>

namespace antiphon {

class LiveJournal final : public ConversationJournal {
 public:
  LiveJournal(ConversationJournal& next, LiveFeed& feed) : next_(next), feed_(feed) {}
  void record(JournalEntry entry) override;

 private:
  ConversationJournal& next_;
  LiveFeed& feed_;
};

// The JSON object of an entry.
[[nodiscard]] std::string live_event_of(const JournalEntry& entry);

}  // namespace antiphon

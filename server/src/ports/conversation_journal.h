// Where everything that happens in a conversation is written, once, in order.
//
// Entries are spooled to disk when the database is away and written when it is back; replay is
// idempotent by (conversation, ordinal) and (conversation, sequence). kill -9 loses at most 1 s.
// Limits  the queue in memory holds 10,000 entries, the spool a configured size; beyond that the
//         oldest events go, never messages, and it is counted.
// Thread  record() from any thread; it never waits and never fails.
#pragma once

#include "domain/conversation.h"
#include "domain/principal.h"

#include <memory>
#include <variant>

namespace antiphon {

struct JournalEntry {
  WorkspaceId workspace;
  ConversationId conversation;
  WallTime started_at{};  // of the conversation: the partition its rows belong to
  struct Started {
    Conversation conversation;
  };
  struct Ended {
    ConversationStatus status;
    EndReason reason;
    WallTime at;
  };
  std::variant<Started, Message, ConversationEvent, Ended> what;
  AgentId agent = {};  // for those who watch; not written
};

class ConversationJournal {
 public:
  virtual ~ConversationJournal() = default;
  virtual void record(JournalEntry entry) = 0;
};

}  // namespace antiphon

// Writes what happens in one conversation: to the journal for ever, to the transport's screen at
// once.
//
// Order  started, then events (sequence 1, 2, 3 …) and messages (ordinal 0, 1, 2 …) as they happen,
//        ended last and once.
// Thread  owned by one session.
#pragma once

#include "core/clock.h"
#include "domain/conversation.h"
#include "engine/text_object.h"
#include "ports/conversation_journal.h"
#include "ports/media_transport.h"

#include <string_view>

namespace antiphon {

class ConversationRecorder {
 public:
  // `transport` may be null: a typed conversation has no screen to tell.
  ConversationRecorder(Clock& clock, ConversationJournal& journal, Conversation conversation,
                       MediaTransport* transport);

  void started();
  // Journal and screen.
  void event(std::string_view kind, const TextObject& fields = {});
  // `kept` is for the journal alone, behind `shown`: what the caller's screen has no business with.
  void event(std::string_view kind, const TextObject& shown, const TextObject& kept);
  // Screen alone: partial results would drown the journal.
  void notice(std::string_view kind, const TextObject& fields);
  // Fills in the ordinal.
  void message(Message message);
  void ended(ConversationStatus status, EndReason reason);

  // The transport has gone; from here on only the journal hears.
  void detach() { transport_ = nullptr; }
  // Milliseconds since the conversation began, on the session's steady clock.
  [[nodiscard]] Milliseconds at(Timepoint time) const;
  [[nodiscard]] Timepoint began() const { return began_; }
  [[nodiscard]] const Conversation& conversation() const { return conversation_; }

 private:
  void keep(std::string_view kind, const TextObject& fields);
  void record(decltype(JournalEntry::what) what);

  Clock& clock_;
  ConversationJournal& journal_;
  Conversation conversation_;
  MediaTransport* transport_;
  Timepoint began_;
  std::int64_t sequence_ = 0;
  std::int32_t ordinal_ = 0;
  bool ended_ = false;
};

}  // namespace antiphon

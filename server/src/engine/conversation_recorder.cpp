#include "engine/conversation_recorder.h"

#include "engine/event_kinds.h"

#include <algorithm>
#include <utility>

namespace antiphon {

ConversationRecorder::ConversationRecorder(Clock& clock, ConversationJournal& journal,
                                           Conversation conversation, MediaTransport* transport)
    : clock_(clock),
      journal_(journal),
      conversation_(std::move(conversation)),
      transport_(transport),
      began_(clock.now()) {}

Milliseconds ConversationRecorder::at(Timepoint time) const {
  return std::max(Milliseconds(0), to_milliseconds(time - began_));
}

void ConversationRecorder::record(decltype(JournalEntry::what) what) {
  journal_.record({conversation_.workspace, conversation_.id, conversation_.started_at,
                   std::move(what), conversation_.agent});
}

void ConversationRecorder::started() { record(JournalEntry::Started{conversation_}); }

void ConversationRecorder::notice(std::string_view kind, const TextObject& fields) {
  if (transport_ == nullptr) return;
  TextObject object;
  object.add("type", kind).add("at_ms", at(clock_.now()).count()).add_fields(fields);
  transport_->notify({object.text()});
}

void ConversationRecorder::event(std::string_view kind, const TextObject& fields) {
  notice(kind, fields);
  keep(kind, fields);
}

void ConversationRecorder::event(std::string_view kind, const TextObject& shown,
                                 const TextObject& kept) {
  notice(kind, shown);
  TextObject all = shown;
  keep(kind, all.add_fields(kept));
}

void ConversationRecorder::keep(std::string_view kind, const TextObject& fields) {
  ConversationEvent event;
  event.sequence = ++sequence_;
  event.kind = kind;
  event.at = at(clock_.now());
  event.payload = fields.text();
  record(std::move(event));
}

void ConversationRecorder::message(Message message) {
  message.ordinal = ordinal_++;
  record(std::move(message));
}

void ConversationRecorder::ended(ConversationStatus status, EndReason reason) {
  if (std::exchange(ended_, true)) return;
  record(JournalEntry::Ended{status, reason, clock_.wall()});
}

}  // namespace antiphon

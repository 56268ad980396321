#include "service/live_journal.h"

#include "core/log.h"
#include "domain/usage.h"

#include <boost/describe/enum_to_string.hpp>

#include <type_traits>
#include <utility>

namespace antiphon {

namespace {

class Object {
 public:
  explicit Object(std::string_view type) { add("type", type); }

  Object& add(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(text_, value);
    return *this;
  }
  Object& add(std::string_view name, std::int64_t value) {
    begin(name);
    text_ += std::to_string(value);
    return *this;
  }
  Object& flag(std::string_view name, bool value) {
    begin(name);
    text_ += value ? "true" : "false";
    return *this;
  }
  // The members of another object, which is valid JSON.
  Object& join(std::string_view object) {
    const auto first = object.find_first_not_of("{ \t\r\n");
    if (first == std::string_view::npos || object[first] == '}') return *this;
    text_ += ',';
    text_ += object.substr(first, object.rfind('}') - first);
    return *this;
  }
  [[nodiscard]] std::string end() const { return text_ + '}'; }

 private:
  void begin(std::string_view name) {
    text_ += text_.empty() ? '{' : ',';
    append_json_string(text_, name);
    text_ += ':';
  }
  std::string text_;
};

template <class Enum>
std::string_view name(Enum value) {
  return boost::describe::enum_to_string(value, "");
}

std::string text_of(const JournalEntry::Started& started) {
  return Object("conversation.started")
      .add("channel", name(started.conversation.channel))
      .add("mode", name(started.conversation.mode))
      .end();
}

std::string text_of(const JournalEntry::Ended& ended) {
  return Object("conversation.ended")
      .add("status", name(ended.status))
      .add("reason", name(ended.reason))
      .end();
}

std::string text_of(const Message& message) {
  return Object("conversation.message")
      .add("ordinal", message.ordinal)
      .add("speaker", name(message.speaker))
      .add("said", message.said)
      .add("heard", message.heard)
      .flag("interrupted", message.interrupted)
      .end();
}

std::string text_of(const ConversationEvent& event) {
  return Object(event.kind).add("at_ms", event.at.count()).join(event.payload).end();
}

// A matter between the server and its owner.
bool is_usage(const JournalEntry& entry) {
  const auto* event = std::get_if<ConversationEvent>(&entry.what);
  return event != nullptr && event->kind == kUsageEvent;
}

}  // namespace

std::string live_event_of(const JournalEntry& entry) {
  return std::visit([](const auto& what) { return text_of(what); }, entry.what);
}

void LiveJournal::record(JournalEntry entry) {
  if (is_usage(entry)) return next_.record(std::move(entry));
  LiveEvent event{.id = {},
                  .workspace = entry.workspace,
                  .conversation = entry.conversation,
                  .agent = entry.agent,
                  .event = live_event_of(entry)};
  if (const auto* started = std::get_if<JournalEntry::Started>(&entry.what)) {
    event.agent = started->conversation.agent;
  }
  next_.record(std::move(entry));
  feed_.publish(std::move(event));
}

}  // namespace antiphon

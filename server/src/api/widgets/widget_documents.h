// What /api/agents/{agent}/widget and /widget read and write.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/conversation.h"
#include "domain/widget.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct WidgetPath {
  AgentId agent;
};
BOOST_DESCRIBE_STRUCT(WidgetPath, (), (agent))

struct WidgetAnalyticsQuery {
  Text<0, 10> from;
  Text<0, 10> to;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"from", "A day (UTC) written as 2026-11-22; the first of this month when left out."},
      {"to", "Included; today when left out. At most 366 days."}};
};
BOOST_DESCRIBE_STRUCT(WidgetAnalyticsQuery, (), (from, to))

struct WidgetDayOutput {
  std::string day;
  std::int64_t opened = 0;
  std::int64_t conversations = 0;
  std::int64_t messages = 0;
  std::int64_t calls = 0;
  std::int64_t call_ms = 0;
  std::int64_t completed = 0;
  std::int64_t rated_up = 0;
  std::int64_t rated_down = 0;
  std::int64_t suggestion_used = 0;
  std::int64_t microphone_refused = 0;
  std::int64_t microphone_missing = 0;
  std::int64_t microphone_silent = 0;
  std::int64_t call_failed = 0;
  std::int64_t message_failed = 0;
  static constexpr FieldNote kNotes[] = {
      {"day", "`total` in the sum of all."},
      {"opened", "As widgets say; whoever blocks analytics is not in it."},
      {"messages", "That visitors typed."},
      {"completed", "Conversations that ended, other than by a lost connection."}};
};
BOOST_DESCRIBE_STRUCT(WidgetDayOutput, (),
                      (day, opened, conversations, messages, calls, call_ms, completed, rated_up,
                       rated_down, suggestion_used, microphone_refused, microphone_missing,
                       microphone_silent, call_failed, message_failed))

struct WidgetAnalytics {
  std::vector<WidgetDayOutput> items;
  WidgetDayOutput total;
};
BOOST_DESCRIBE_STRUCT(WidgetAnalytics, (), (items, total))

struct WidgetAgentQuery {
  AgentId agent;
};
BOOST_DESCRIBE_STRUCT(WidgetAgentQuery, (), (agent))

struct WidgetIdentityInput {
  Text<1, 200> id;
  Text<64, 64> hash;
  static constexpr FieldNote kNotes[] = {
      {"hash", "HMAC-SHA-256 of the id under the widget's secret, in hex; made by your server."}};
};
BOOST_DESCRIBE_STRUCT(WidgetIdentityInput, (), (id, hash))

struct WidgetSessionInput {
  Text<0, 300> resume;
  std::optional<WidgetIdentityInput> identity;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"resume", "Of an earlier session of this browser: the visitor stays the same."}};
};
BOOST_DESCRIBE_STRUCT(WidgetSessionInput, (), (resume, identity))

// What of the settings a page needs to show it.
struct WidgetLook {
  std::string title;
  std::string subtitle;
  std::string greeting;
  WidgetTheme theme = WidgetTheme::system;
  std::string accent;
  WidgetPosition position = WidgetPosition::bottom_right;
  WidgetMode mode = WidgetMode::both;
  std::string consent;
  std::vector<std::string> suggestions;
};
BOOST_DESCRIBE_STRUCT(WidgetLook, (),
                      (title, subtitle, greeting, theme, accent, position, mode, consent,
                       suggestions))

struct WidgetSessionOutput {
  std::string token;
  WallTime expires_at{};
  std::optional<std::string> resume;
  WidgetLook look;
  static constexpr FieldNote kNotes[] = {
      {"token", "Send it as `Authorization: Bearer …` from the same origin, for ten minutes."},
      {"resume", "Keep it in the browser; absent for a visitor with an identity."}};
};
BOOST_DESCRIBE_STRUCT(WidgetSessionOutput, (), (token, expires_at, resume, look))

struct WidgetMessageInput {
  Uuid id;
  std::optional<ConversationId> conversation;
  Text<1, 2'000> text;
  static constexpr std::string_view kOptionalFields[] = {"conversation"};
  static constexpr FieldNote kNotes[] = {
      {"id", "Chosen by you. Sent twice, a message is answered once; the second gets 409."},
      {"conversation", "Of conversation.opened; left out, a new one begins."}};
};
BOOST_DESCRIBE_STRUCT(WidgetMessageInput, (), (id, conversation, text))

// The first event of the stream; reply.text, reply.ended or error follow.
struct WidgetConversationOutput {
  ConversationId conversation;
};
BOOST_DESCRIBE_STRUCT(WidgetConversationOutput, (), (conversation))

struct WidgetReplyText {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(WidgetReplyText, (), (text))

struct WidgetReplyEnded {
  std::string said;
  bool ends_conversation = false;
};
BOOST_DESCRIBE_STRUCT(WidgetReplyEnded, (), (said, ends_conversation))

struct WidgetTurnOutput {
  ConversationId conversation;
  ConversationMode mode = ConversationMode::text;
  Speaker speaker = Speaker::caller;
  std::string text;
  bool interrupted = false;
  WallTime at{};
  static constexpr FieldNote kNotes[] = {
      {"text", "What was written or heard, not what the agent had meant to say."}};
};
BOOST_DESCRIBE_STRUCT(WidgetTurnOutput, (), (conversation, mode, speaker, text, interrupted, at))

struct WidgetHistory {
  std::vector<WidgetTurnOutput> items;
  std::optional<ConversationId> conversation;
  static constexpr FieldNote kNotes[] = {
      {"items", "Of the visitor's last five conversations, the oldest first."},
      {"conversation", "The one that takes the next message."}};
};
BOOST_DESCRIBE_STRUCT(WidgetHistory, (), (items, conversation))

struct WidgetCallOutput {
  ConversationId conversation;
  std::string path;
  WallTime expires_at{};
  static constexpr FieldNote kNotes[] = {
      {"path", "Connect a WebSocket to it, once; see the audio socket's page."}};
};
BOOST_DESCRIBE_STRUCT(WidgetCallOutput, (), (conversation, path, expires_at))

struct WidgetFeedbackInput {
  ConversationId conversation;
  WidgetRating rating = WidgetRating::up;
  Text<0, 2'000> comment;
  static constexpr std::string_view kOptionalFields[] = {"comment"};
};
BOOST_DESCRIBE_STRUCT(WidgetFeedbackInput, (), (conversation, rating, comment))

struct WidgetEventsInput {
  List<WidgetEventKind, 20, 1> events;
};
BOOST_DESCRIBE_STRUCT(WidgetEventsInput, (), (events))

}  // namespace antiphon

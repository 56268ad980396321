// What /api/conversations reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/agent_version.h"
#include "domain/conversation.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ConversationInput {
  Text<1, 120> agent;
  ConversationMode mode = ConversationMode::voice;
  Channel channel = Channel::api;
  JsonObject<8'192> metadata;
  VersionChoice version;
  Text<0, 200> caller;
  static constexpr std::string_view kOptionalFields[] = {"mode", "channel", "metadata", "version",
                                                         "caller"};
  static constexpr FieldNote kNotes[] = {
      {"agent", "Its id or its slug."},
      {"metadata", "Yours; stored and given back as it is."},
      {"version",
       "published, draft or the number of a version. While nothing is published, "
       "published is the draft."},
      {"caller",
       "What stays the same when the caller comes again: it meets the same canary or "
       "none. Not kept."}};
};
BOOST_DESCRIBE_STRUCT(ConversationInput, (), (agent, mode, channel, metadata, version, caller))

struct ConversationOutput {
  ConversationId id;
  AgentId agent;
  std::optional<AgentVersionId> agent_version;
  Channel channel = Channel::api;
  ConversationMode mode = ConversationMode::voice;
  ConversationStatus status = ConversationStatus::active;
  std::optional<EndReason> end_reason;
  JsonObject<8'192> metadata;
  WallTime started_at{};
  std::optional<WallTime> ended_at;
  static constexpr FieldNote kNotes[] = {
      {"agent_version", "The id of the version it runs on; absent: the draft."}};
};
BOOST_DESCRIBE_STRUCT(ConversationOutput, (),
                      (id, agent, agent_version, channel, mode, status, end_reason, metadata,
                       started_at, ended_at))

struct SocketOutput {
  std::string path;
  std::string token;
  WallTime expires_at{};
  static constexpr FieldNote kNotes[] = {
      {"", "Where to speak: connect a WebSocket to this path of the same host."},
      {"token", "Part of the path already; works once."}};
};
BOOST_DESCRIBE_STRUCT(SocketOutput, (), (path, token, expires_at))

struct ConversationOpened {
  ConversationOutput conversation;
  std::optional<std::string> greeting;
  std::optional<SocketOutput> socket;
  static constexpr FieldNote kNotes[] = {{"greeting", "Of a typed conversation."},
                                         {"socket", "Of a spoken conversation."}};
};
BOOST_DESCRIBE_STRUCT(ConversationOpened, (), (conversation, greeting, socket))

struct ConversationList {
  std::vector<ConversationOutput> items;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(ConversationList, (), (items, next_cursor))

struct ConversationListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  std::optional<AgentId> agent;
  std::optional<ConversationStatus> status;
  static constexpr std::string_view kOptionalFields[] = {"*"};
};
BOOST_DESCRIBE_STRUCT(ConversationListQuery, (), (limit, cursor, agent, status))

struct LatencyOutput {
  std::optional<std::int64_t> turn_ended_ms;
  std::optional<std::int64_t> transcript_final_ms;
  std::optional<std::int64_t> first_text_ms;
  std::optional<std::int64_t> first_audio_ready_ms;
  std::optional<std::int64_t> first_audio_sent_ms;
  static constexpr FieldNote kNotes[] = {{"", "Each from the end of the caller's speech."}};
};
BOOST_DESCRIBE_STRUCT(LatencyOutput, (),
                      (turn_ended_ms, transcript_final_ms, first_text_ms, first_audio_ready_ms,
                       first_audio_sent_ms))

struct MessageOutput {
  std::int64_t ordinal = 0;
  Speaker speaker = Speaker::caller;
  std::string said;
  std::string heard;
  bool interrupted = false;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
  std::optional<LatencyOutput> latency;
  std::vector<Citation> citations;
  static constexpr FieldNote kNotes[] = {
      {"said", "What was recognized, or what the agent set out to say."},
      {"heard", "What reached the other side."},
      {"started_ms", "Since the conversation started."}};
};
BOOST_DESCRIBE_STRUCT(MessageOutput, (),
                      (ordinal, speaker, said, heard, interrupted, started_ms, ended_ms, latency,
                       citations))

struct EventOutput {
  std::int64_t sequence = 0;
  std::string kind;
  std::int64_t at_ms = 0;
  JsonObject<8'192> payload;
};
BOOST_DESCRIBE_STRUCT(EventOutput, (), (sequence, kind, at_ms, payload))

struct ConversationDetail {
  ConversationOutput conversation;
  std::vector<MessageOutput> messages;
  std::vector<EventOutput> events;
};
BOOST_DESCRIBE_STRUCT(ConversationDetail, (), (conversation, messages, events))

struct MessageInput {
  Text<1, 2'000> text;
};
BOOST_DESCRIBE_STRUCT(MessageInput, (), (text))

// One `data:` line of the answer's event stream; `event:` is reply.text, reply.ended or error.
struct ReplyTextOutput {
  std::string text;
  std::vector<Citation> citations;
};
BOOST_DESCRIBE_STRUCT(ReplyTextOutput, (), (text, citations))

struct ReplyEndedOutput {
  std::string said;
  bool ends_conversation = false;
};
BOOST_DESCRIBE_STRUCT(ReplyEndedOutput, (), (said, ends_conversation))

}  // namespace antiphon

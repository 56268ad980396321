// What the socket /api/live says, and the ticket that opens it from a browser.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/conversation.h"
#include "domain/job.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace antiphon {

inline constexpr std::size_t kLiveEventBytesMax = 64 * 1024;

struct LiveReadyNotice {
  static constexpr std::string_view kType = "live.ready";
  static constexpr FieldNote kNotes[] = {
      {"", "The first message: every event after this id follows."},
      {"after", "What to give as `after` when the connection breaks before the first event."}};
  std::string after;
};
BOOST_DESCRIBE_STRUCT(LiveReadyNotice, (), (after))

struct LiveEventNotice {
  static constexpr std::string_view kType = "live.event";
  static constexpr FieldNote kNotes[] = {
      {"", "Something happened in the workspace."},
      {"id", "Rises; give the last one you saw as `after` to go on from there."},
      {"conversation", "Absent in a WorkspaceEvent."},
      {"agent", "Absent where it is not known."},
      {"event", "A SessionEvent, ConversationEvent or WorkspaceEvent, told apart by its `type`."}};
  std::string id;
  std::optional<ConversationId> conversation;
  std::optional<AgentId> agent;
  JsonObject<kLiveEventBytesMax> event;
};
BOOST_DESCRIBE_STRUCT(LiveEventNotice, (), (id, conversation, agent, event))

struct LiveGapNotice {
  static constexpr std::string_view kType = "live.gap";
  static constexpr FieldNote kNotes[] = {
      {"", "Events are missing: you read too slowly, or `after` is older than what is kept."},
      {"after", "The last event before the gap."},
      {"missed", "How many, where it is known. Read what you need over the API."}};
  std::string after;
  std::optional<std::int64_t> missed;
};
BOOST_DESCRIBE_STRUCT(LiveGapNotice, (), (after, missed))

struct LiveHeartbeatNotice {
  static constexpr std::string_view kType = "live.heartbeat";
  static constexpr FieldNote kNotes[] = {{"", "Every 15 seconds: the connection lives."}};
  WallTime at{};
};
BOOST_DESCRIBE_STRUCT(LiveHeartbeatNotice, (), (at))

// What LiveJournal makes of the entries that are no session's events.
struct ConversationStartedNotice {
  static constexpr std::string_view kType = "conversation.started";
  static constexpr FieldNote kNotes[] = {{"", "A conversation was begun."}};
  Channel channel = Channel::api;
  ConversationMode mode = ConversationMode::voice;
};
BOOST_DESCRIBE_STRUCT(ConversationStartedNotice, (), (channel, mode))

struct ConversationMessageNotice {
  static constexpr std::string_view kType = "conversation.message";
  static constexpr FieldNote kNotes[] = {{"", "One side's turn, as it is kept."},
                                         {"said", "What was recognized or generated."},
                                         {"heard", "What reached the other side."}};
  Integer<0, 1'000'000> ordinal{0};
  Speaker speaker = Speaker::caller;
  std::string said;
  std::string heard;
  bool interrupted = false;
};
BOOST_DESCRIBE_STRUCT(ConversationMessageNotice, (), (ordinal, speaker, said, heard, interrupted))

struct ConversationEndedNotice {
  static constexpr std::string_view kType = "conversation.ended";
  static constexpr FieldNote kNotes[] = {{"", "Nothing more comes from this conversation."}};
  ConversationStatus status = ConversationStatus::ended;
  EndReason reason = EndReason::failure;
};
BOOST_DESCRIBE_STRUCT(ConversationEndedNotice, (), (status, reason))

struct JobFailedNotice {
  static constexpr std::string_view kType = "job.failed";
  static constexpr FieldNote kNotes[] = {
      {"", "Work in the background was given up; shown to who holds jobs:read."},
      {"job", "POST /api/jobs/{job}/retry has it tried again."},
      {"error", "Of the last attempt."}};
  JobId job;
  std::string kind;
  std::int32_t attempts = 0;
  std::string error;
};
BOOST_DESCRIBE_STRUCT(JobFailedNotice, (), (job, kind, attempts, error))

using ConversationNotice =
    std::variant<ConversationStartedNotice, ConversationMessageNotice, ConversationEndedNotice>;
using WorkspaceNotice = std::variant<JobFailedNotice>;
using LiveNotice =
    std::variant<LiveReadyNotice, LiveEventNotice, LiveGapNotice, LiveHeartbeatNotice>;

struct LiveTicketOutput {
  std::string url;
  std::string ticket;
  WallTime expires_at{};
  static constexpr FieldNote kNotes[] = {
      {"url", "Open it as a WebSocket; add agent, conversation or after as parameters."},
      {"expires_at", "Until then it opens a socket, which lives on for ten minutes."}};
};
BOOST_DESCRIBE_STRUCT(LiveTicketOutput, (), (url, ticket, expires_at))

}  // namespace antiphon

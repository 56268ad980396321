// A conversation and what happened in it. Times inside it are milliseconds since it started.
#pragma once

#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

enum class Channel : std::uint8_t { web, phone, api, terminal };
BOOST_DESCRIBE_ENUM(Channel, web, phone, api, terminal)

enum class ConversationMode : std::uint8_t { voice, text };
BOOST_DESCRIBE_ENUM(ConversationMode, voice, text)

enum class ConversationStatus : std::uint8_t { active, ended, failed };
BOOST_DESCRIBE_ENUM(ConversationStatus, active, ended, failed)

enum class EndReason : std::uint8_t {
  caller_hung_up,
  agent_said_goodbye,
  handed_over,
  idle,
  duration_limit,
  ended_by_api,
  transport_lost,
  failure,
};
BOOST_DESCRIBE_ENUM(EndReason, caller_hung_up, agent_said_goodbye, handed_over, idle,
                    duration_limit, ended_by_api, transport_lost, failure)

enum class Speaker : std::uint8_t { caller, agent };
BOOST_DESCRIBE_ENUM(Speaker, caller, agent)

using Milliseconds = std::chrono::milliseconds;

// Where the time of one reply went, each step measured from the end of the caller's speech.
struct ReplyLatency {
  std::optional<Milliseconds> turn_ended;        // the end of the turn was decided
  std::optional<Milliseconds> transcript_final;  // the recognizer's last word
  std::optional<Milliseconds> first_text;        // the first text of the reply (retrieval included)
  std::optional<Milliseconds> first_audio_ready;  // the synthesizer's first samples
  std::optional<Milliseconds> first_audio_sent;   // the first audible frame left for the caller
  bool operator==(const ReplyLatency&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReplyLatency, (),
                      (turn_ended, transcript_final, first_text, first_audio_ready,
                       first_audio_sent))

// The sentence of the knowledge base that an answer quotes.
struct Citation {
  DocumentId document;
  std::int32_t chunk = 0;
  std::string title;
  std::string quote;
  double score = 0;
  bool operator==(const Citation&) const = default;
};
BOOST_DESCRIBE_STRUCT(Citation, (), (document, chunk, title, quote, score))

// One side's turn. `said` is what was generated or recognized, `heard` what reached the other side.
struct Message {
  std::int32_t ordinal = 0;  // 0, 1, 2 … in the conversation
  Speaker speaker = Speaker::caller;
  std::string said;
  std::string heard;
  bool interrupted = false;
  std::optional<GenerationId> generation;  // of the agent's turns
  Milliseconds started{0};                 // audio of this turn began
  Milliseconds ended{0};                   // and ended
  std::optional<ReplyLatency> latency;     // of the agent's replies
  std::vector<Citation> citations;
};

// Something that happened: speech.started, turn.ended, reply.started, barge_in, stt.failed …
struct ConversationEvent {
  std::int64_t sequence =
      0;             // 1, 2, 3 … in the conversation; makes a replay of the journal idempotent
  std::string kind;  // from a closed list: engine/event_kinds.h
  Milliseconds at{0};
  std::string payload = "{}";  // a JSON object, at most 8 KiB
};

struct Conversation {
  ConversationId id;
  WorkspaceId workspace;
  AgentId agent;
  std::optional<AgentVersionId> agent_version;
  Channel channel = Channel::api;
  ConversationMode mode = ConversationMode::voice;
  ConversationStatus status = ConversationStatus::active;
  std::optional<EndReason> end_reason;
  std::string metadata = "{}";  // the caller of the API's own JSON object, at most 8 KiB
  WallTime started_at{};
  std::optional<WallTime> ended_at;
};

}  // namespace antiphon

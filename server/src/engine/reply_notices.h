// The events about what the agent says: one part of engine/event_notices.h.
#pragma once

#include "core/bounded.h"
#include "domain/conversation.h"
#include "engine/event_kinds.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

// Why the agent speaks: the names of the engine's Prompt.
enum class ReplyPrompt : std::uint8_t {
  answer,
  greeting,
  reminder,
  goodbye,
  clarify,
  trouble,
  rest
};
BOOST_DESCRIBE_ENUM(ReplyPrompt, answer, greeting, reminder, goodbye, clarify, trouble, rest)

// Milliseconds since the conversation started.
using NoticeTime = Integer<0, std::numeric_limits<std::int32_t>::max()>;
using TurnNumber = Integer<1, std::numeric_limits<std::int32_t>::max()>;

struct ReplyStartedNotice {
  static constexpr std::string_view kType = event_kind::kReplyStarted;
  static constexpr FieldNote kNotes[] = {{"", "The agent is about to speak."},
                                         {"prompt", "Why it speaks."}};
  NoticeTime at_ms;
  GenerationId generation;
  ReplyPrompt prompt = ReplyPrompt::answer;
};
BOOST_DESCRIBE_STRUCT(ReplyStartedNotice, (), (at_ms, generation, prompt))

struct ReplyTextNotice {
  static constexpr std::string_view kType = event_kind::kReplyText;
  static constexpr FieldNote kNotes[] = {{"", "The clause that is spoken next."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(ReplyTextNotice, (), (at_ms, generation, text))

struct ReplyInterruptedNotice {
  static constexpr std::string_view kType = event_kind::kReplyInterrupted;
  static constexpr FieldNote kNotes[] = {{"", "The reply was cut off."},
                                         {"heard", "What reached the caller."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string heard;
};
BOOST_DESCRIBE_STRUCT(ReplyInterruptedNotice, (), (at_ms, generation, heard))

struct ReplyEndedNotice {
  static constexpr std::string_view kType = event_kind::kReplyEnded;
  static constexpr FieldNote kNotes[] = {{"", "The reply was spoken to its end."},
                                         {"heard", "What reached the caller."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string heard;
};
BOOST_DESCRIBE_STRUCT(ReplyEndedNotice, (), (at_ms, generation, heard))

struct ReplyLatencyNotice {
  static constexpr std::string_view kType = event_kind::kReplyLatency;
  static constexpr FieldNote kNotes[] = {
      {"", "Where the time went, from the caller's last sound, as far as it happened."},
      {"turn_ended_ms", "The end of the turn was decided."},
      {"transcript_final_ms", "The last word was recognized."},
      {"first_text_ms", "The first text of the reply."},
      {"first_audio_ready_ms", "The synthesizer's first samples."},
      {"first_audio_sent_ms", "The first audible frame left for the caller."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::optional<NoticeTime> turn_ended_ms;
  std::optional<NoticeTime> transcript_final_ms;
  std::optional<NoticeTime> first_text_ms;
  std::optional<NoticeTime> first_audio_ready_ms;
  std::optional<NoticeTime> first_audio_sent_ms;
};
BOOST_DESCRIBE_STRUCT(ReplyLatencyNotice, (),
                      (at_ms, generation, turn_ended_ms, transcript_final_ms, first_text_ms,
                       first_audio_ready_ms, first_audio_sent_ms))

struct AgentPausedNotice {
  static constexpr std::string_view kType = event_kind::kAgentPaused;
  static constexpr FieldNote kNotes[] = {
      {"", "The caller made a sound; a decision follows within 500 ms."}};
  NoticeTime at_ms;
  GenerationId generation;
};
BOOST_DESCRIBE_STRUCT(AgentPausedNotice, (), (at_ms, generation))

struct AgentResumedNotice {
  static constexpr std::string_view kType = event_kind::kAgentResumed;
  static constexpr FieldNote kNotes[] = {{"", "It was no interruption."}};
  NoticeTime at_ms;
  GenerationId generation;
  NoticeTime paused_ms;
};
BOOST_DESCRIBE_STRUCT(AgentResumedNotice, (), (at_ms, generation, paused_ms))

}  // namespace antiphon

// The events a client of a conversation receives, as structs: contract/events.schema.json and
// docs/reference/events.md are made of these.
//
// The engine does not fill them in: it writes each notice into one string (engine/text_object.h).
// A test reads what simulated calls emit back into these, so a field that is in only one of the two
// places is found. ClearNotice and SessionWaitingNotice are the audio socket's own.
#pragma once

#include "core/bounded.h"
#include "domain/conversation.h"
#include "engine/event_kinds.h"
#include "engine/reply_notices.h"
#include "engine/tool_notices.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace antiphon {

enum class FailureCode : std::uint8_t {
  recognition_failed,
  synthesis_failed,
  reply_failed,
  reply_stalled,
  transcript_missing
};
BOOST_DESCRIBE_ENUM(FailureCode, recognition_failed, synthesis_failed, reply_failed, reply_stalled,
                    transcript_missing)

// Why a turn was over.
enum class HeardWords : std::uint8_t { open, dictating, unknown, closed };
BOOST_DESCRIBE_ENUM(HeardWords, open, dictating, unknown, closed)

enum class HeardValue : std::uint8_t { open, likely, whole };
BOOST_DESCRIBE_ENUM(HeardValue, open, likely, whole)

struct SessionWaitingNotice {
  static constexpr std::string_view kType = "session.waiting";
  static constexpr FieldNote kNotes[] = {
      {"", "The models are still loading; the call begins when they are there."}};
  NoticeTime at_ms;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(SessionWaitingNotice, (), (at_ms, message))

struct SessionStartedNotice {
  static constexpr std::string_view kType = event_kind::kSessionStarted;
  static constexpr FieldNote kNotes[] = {{"", "The call has begun."}};
  NoticeTime at_ms;
  ConversationId conversation;
  AgentId agent;
};
BOOST_DESCRIBE_STRUCT(SessionStartedNotice, (), (at_ms, conversation, agent))

struct SpeechStartedNotice {
  static constexpr std::string_view kType = event_kind::kSpeechStarted;
  static constexpr FieldNote kNotes[] = {{"", "The caller begins to speak."}};
  NoticeTime at_ms;
  TurnNumber turn;
};
BOOST_DESCRIBE_STRUCT(SpeechStartedNotice, (), (at_ms, turn))

struct SpeechEndedNotice {
  static constexpr std::string_view kType = event_kind::kSpeechEnded;
  static constexpr FieldNote kNotes[] = {
      {"", "The caller's turn is over."},
      {"speech_end_ms", "The caller's last sound, on the clock of at_ms."},
      {"words", "Whether what was said may end there."},
      {"value", "How much of the value is there that was asked for."},
      {"complete_percent", "What the turn detector says of the sound."}};
  NoticeTime at_ms;
  TurnNumber turn;
  NoticeTime speech_end_ms;
  HeardWords words = HeardWords::unknown;
  std::optional<HeardValue> value;
  std::optional<Integer<0, 100>> complete_percent;
};
BOOST_DESCRIBE_STRUCT(SpeechEndedNotice, (),
                      (at_ms, turn, speech_end_ms, words, value, complete_percent))

struct TranscriptPartialNotice {
  static constexpr std::string_view kType = event_kind::kTranscriptPartial;
  static constexpr FieldNote kNotes[] = {{"", "What was understood so far; it may change."},
                                         {"text", "The whole turn so far."}};
  NoticeTime at_ms;
  TurnNumber turn;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(TranscriptPartialNotice, (), (at_ms, turn, text))

struct TranscriptFinalNotice {
  static constexpr std::string_view kType = event_kind::kTranscriptFinal;
  static constexpr FieldNote kNotes[] = {
      {"", "What the caller said. A later one of the same turn replaces it: the caller went on."}};
  NoticeTime at_ms;
  TurnNumber turn;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(TranscriptFinalNotice, (), (at_ms, turn, text))

struct RecordingStartedNotice {
  static constexpr std::string_view kType = event_kind::kRecordingStarted;
  static constexpr FieldNote kNotes[] = {{"", "The sound of this call is kept."}};
  NoticeTime at_ms;
};
BOOST_DESCRIBE_STRUCT(RecordingStartedNotice, (), (at_ms))

struct RecordingPausedNotice {
  static constexpr std::string_view kType = event_kind::kRecordingPaused;
  static constexpr FieldNote kNotes[] = {{"", "Nothing of either side is kept from here on."}};
  NoticeTime at_ms;
};
BOOST_DESCRIBE_STRUCT(RecordingPausedNotice, (), (at_ms))

struct RecordingResumedNotice {
  static constexpr std::string_view kType = event_kind::kRecordingResumed;
  static constexpr FieldNote kNotes[] = {{"", "It is kept again."}};
  NoticeTime at_ms;
};
BOOST_DESCRIBE_STRUCT(RecordingResumedNotice, (), (at_ms))

struct ClearNotice {
  static constexpr std::string_view kType = "clear";
  static constexpr FieldNote kNotes[] = {{"", "Drop the audio that is not played yet."}};
};
BOOST_DESCRIBE_STRUCT(ClearNotice, (), ())

struct FailureNotice {
  static constexpr std::string_view kType = event_kind::kError;
  static constexpr FieldNote kNotes[] = {{"", "Something failed; the conversation goes on."},
                                         {"message", "For people."}};
  NoticeTime at_ms;
  FailureCode code = FailureCode::reply_failed;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(FailureNotice, (), (at_ms, code, message))

struct SessionEndedNotice {
  static constexpr std::string_view kType = event_kind::kSessionEnded;
  static constexpr FieldNote kNotes[] = {{"", "The last event of a call."}};
  NoticeTime at_ms;
  EndReason reason = EndReason::failure;
};
BOOST_DESCRIBE_STRUCT(SessionEndedNotice, (), (at_ms, reason))

using SessionNoticeEvent =
    std::variant<SessionWaitingNotice, SessionStartedNotice, SpeechStartedNotice, SpeechEndedNotice,
                 TranscriptPartialNotice, TranscriptFinalNotice, ReplyStartedNotice,
                 ReplyTextNotice, ReplyInterruptedNotice, ReplyEndedNotice, ReplyLatencyNotice,
                 AgentPausedNotice, AgentResumedNotice, ToolStartedNotice, ToolFinishedNotice,
                 ToolFailedNotice, RecordingStartedNotice, RecordingPausedNotice,
                 RecordingResumedNotice, ClearNotice, FailureNotice, SessionEndedNotice>;

}  // namespace antiphon

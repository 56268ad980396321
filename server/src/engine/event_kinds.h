// What a conversation tells the outside: the kinds of SessionNotice and of ConversationEvent.
//
// A notice is one JSON object: {"type":"…","at_ms":N, fields…}. The journal stores the type as the
// kind, `at` and fields. These names are the public protocol of the audio socket: they are added
// to, never renamed.
//
//   session.started        conversation, agent
//   caller.speech_started  turn
//   caller.speech_ended    turn, speech_end_ms: the caller's last sound, on the clock of at_ms; and
//                          why it was the last: words: open, dictating, unknown or closed; value:
//                          open, likely or whole, where one was asked for; complete_percent: what
//                          the turn detector says of the sound
//   transcript.partial     turn, text: the whole turn so far; not journalled
//   transcript.final       turn, text: a later one of the same turn replaces it
//   reply.started          generation, prompt: answer, greeting, reminder, goodbye, clarify,
//                          trouble or rest
//   reply.text             generation, text: the clause that is being spoken next
//   reply.interrupted      generation, heard: what reached the caller
//   reply.ended            generation, heard
//   reply.latency          generation, and from the caller's last sound, as far as it happened:
//                          turn_ended_ms, transcript_final_ms, first_text_ms,
//                          first_audio_ready_ms, first_audio_sent_ms
//   agent.paused           generation: the caller made a sound; a decision follows within 500 ms
//   agent.resumed          generation, paused_ms
//   tool.started           generation, call, tool: something is done in a system of the workspace;
//                          journalled with its arguments
//   tool.finished          generation, call, tool, duration_ms; journalled with attempts and result
//   tool.failed            generation, call, tool, duration_ms, problem: a ToolProblem; journalled
//                          with attempts, reason and result
//   recording.started      the sound of this call is kept from its beginning
//   recording.paused       nothing of either side is kept from here on
//   recording.resumed
//   error                  message for people, code: recognition_failed, synthesis_failed,
//                          reply_failed, reply_stalled or transcript_missing
//   session.ended          reason: EndReason
#pragma once

#include <string_view>

namespace antiphon::event_kind {

inline constexpr std::string_view kSessionStarted = "session.started";
inline constexpr std::string_view kSpeechStarted = "caller.speech_started";
inline constexpr std::string_view kSpeechEnded = "caller.speech_ended";
inline constexpr std::string_view kTranscriptPartial = "transcript.partial";
inline constexpr std::string_view kTranscriptFinal = "transcript.final";
inline constexpr std::string_view kReplyStarted = "reply.started";
inline constexpr std::string_view kReplyText = "reply.text";
inline constexpr std::string_view kReplyInterrupted = "reply.interrupted";
inline constexpr std::string_view kReplyEnded = "reply.ended";
inline constexpr std::string_view kReplyLatency = "reply.latency";
inline constexpr std::string_view kAgentPaused = "agent.paused";
inline constexpr std::string_view kAgentResumed = "agent.resumed";
inline constexpr std::string_view kToolStarted = "tool.started";
inline constexpr std::string_view kToolFinished = "tool.finished";
inline constexpr std::string_view kToolFailed = "tool.failed";
inline constexpr std::string_view kRecordingStarted = "recording.started";
inline constexpr std::string_view kRecordingPaused = "recording.paused";
inline constexpr std::string_view kRecordingResumed = "recording.resumed";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kSessionEnded = "session.ended";

}  // namespace antiphon::event_kind

// The JSON that the command line reads from the server and prints for other programs.
#pragma once

#include "app/talk.h"
#include "json/json.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

BOOST_DESCRIBE_STRUCT(TalkEvent, (),
                      (type, at_ms, text, heard, prompt, reason, message, turn_ended_ms,
                       transcript_final_ms, first_text_ms, first_audio_ready_ms,
                       first_audio_sent_ms))

[[nodiscard]] Result<TalkEvent> parse_talk_event(std::string_view text);

struct OpenedCall {
  std::string conversation;
  std::string socket_path;
};
// The answer of POST /api/conversations.
[[nodiscard]] Result<OpenedCall> parse_opened_call(std::string_view body);
[[nodiscard]] std::string open_call_body(const std::string& agent, const std::string& version,
                                         std::string_view mode);

struct OpenedChat {
  std::string conversation;
  std::string greeting;
};
[[nodiscard]] Result<OpenedChat> parse_opened_chat(std::string_view body);
[[nodiscard]] std::string message_body(const std::string& text);

// One `data:` of a typed reply.
struct ChatChunk {
  std::string text;
  std::string said;
  std::string detail;
  bool ends_conversation = false;
};
[[nodiscard]] Result<ChatChunk> parse_chat_chunk(std::string_view data);

// The sentence of a problem document; its status line when it is none.
[[nodiscard]] std::string problem_text(int status, std::string_view body);

// `antiphon talk --json`.
struct TalkReport {
  std::string conversation;
  std::string url;
  std::optional<std::int64_t> reply_after_ms;
  std::int64_t duration_ms = 0;
  std::vector<TalkEvent> events;
};
BOOST_DESCRIBE_STRUCT(TalkReport, (), (conversation, url, reply_after_ms, duration_ms, events))

}  // namespace antiphon

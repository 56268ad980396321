#include "app/talk_json.h"

#include "json/codec.h"
#include "json/problem.h"

#include <fmt/format.h>

#include <string_view>

namespace antiphon {

namespace {

// Only what a client needs of the answers; whatever else they hold is ignored.
struct ConversationPart {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(ConversationPart, (), (id))

struct SocketPart {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(SocketPart, (), (path))

struct OpenedPart {
  ConversationPart conversation;
  std::optional<std::string> greeting;
  std::optional<SocketPart> socket;
};
BOOST_DESCRIBE_STRUCT(OpenedPart, (), (conversation, greeting, socket))

struct OpenBody {
  std::string agent;
  std::string version;
  std::string mode;
  std::string channel;
};
BOOST_DESCRIBE_STRUCT(OpenBody, (), (agent, version, mode, channel))

struct MessageBody {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(MessageBody, (), (text))

struct EventPart {
  std::string type;
  std::optional<std::int64_t> at_ms;
  std::optional<std::string> text;
  std::optional<std::string> heard;
  std::optional<std::string> prompt;
  std::optional<std::string> reason;
  std::optional<std::string> message;
  std::optional<std::int64_t> turn_ended_ms;
  std::optional<std::int64_t> transcript_final_ms;
  std::optional<std::int64_t> first_text_ms;
  std::optional<std::int64_t> first_audio_ready_ms;
  std::optional<std::int64_t> first_audio_sent_ms;
};
BOOST_DESCRIBE_STRUCT(EventPart, (),
                      (type, at_ms, text, heard, prompt, reason, message, turn_ended_ms,
                       transcript_final_ms, first_text_ms, first_audio_ready_ms,
                       first_audio_sent_ms))

struct ChunkPart {
  std::optional<std::string> text;
  std::optional<std::string> said;
  std::optional<std::string> detail;
  std::optional<bool> ends_conversation;
};
BOOST_DESCRIBE_STRUCT(ChunkPart, (), (text, said, detail, ends_conversation))

struct ProblemPart {
  std::string title;
  std::optional<std::string> detail;
  std::vector<FieldError> issues;
  static constexpr std::string_view kOptionalFields[] = {"issues"};
};

}  // namespace

BOOST_DESCRIBE_STRUCT(FieldError, (), (pointer, message))
namespace {
BOOST_DESCRIBE_STRUCT(ProblemPart, (), (title, detail, issues))
}

ANTIPHON_JSON_CODEC(OpenedPart)
ANTIPHON_JSON_CODEC(OpenBody)
ANTIPHON_JSON_CODEC(MessageBody)
ANTIPHON_JSON_CODEC(EventPart)
ANTIPHON_JSON_CODEC(ChunkPart)
ANTIPHON_JSON_CODEC(ProblemPart)
ANTIPHON_JSON_CODEC(TalkReport)

Result<TalkEvent> parse_talk_event(std::string_view text) {
  auto part = from_json<EventPart>(text, UnknownFields::ignore);
  if (!part) return std::unexpected(std::move(part.error()));
  return TalkEvent{
      std::move(part->type),      part->at_ms.value_or(0),    part->text.value_or(""),
      part->heard.value_or(""),   part->prompt.value_or(""),  part->reason.value_or(""),
      part->message.value_or(""), part->turn_ended_ms,        part->transcript_final_ms,
      part->first_text_ms,        part->first_audio_ready_ms, part->first_audio_sent_ms};
}

Result<OpenedCall> parse_opened_call(std::string_view body) {
  auto part = from_json<OpenedPart>(body, UnknownFields::ignore);
  if (!part) return std::unexpected(std::move(part.error()));
  if (!part->socket) {
    return failure(ErrorCode::protocol_error, "the server opened no audio socket for the call");
  }
  return OpenedCall{std::move(part->conversation.id), std::move(part->socket->path)};
}

Result<OpenedChat> parse_opened_chat(std::string_view body) {
  auto part = from_json<OpenedPart>(body, UnknownFields::ignore);
  if (!part) return std::unexpected(std::move(part.error()));
  return OpenedChat{std::move(part->conversation.id), part->greeting.value_or("")};
}

std::string open_call_body(const std::string& agent, const std::string& version,
                           std::string_view mode) {
  return to_json(OpenBody{agent, version, std::string(mode), "terminal"});
}

std::string message_body(const std::string& text) { return to_json(MessageBody{text}); }

Result<ChatChunk> parse_chat_chunk(std::string_view data) {
  auto part = from_json<ChunkPart>(data, UnknownFields::ignore);
  if (!part) return std::unexpected(std::move(part.error()));
  return ChatChunk{part->text.value_or(""), part->said.value_or(""), part->detail.value_or(""),
                   part->ends_conversation.value_or(false)};
}

std::string problem_text(int status, std::string_view body) {
  const auto problem = from_json<ProblemPart>(body, UnknownFields::ignore);
  if (!problem) return fmt::format("the server answered with status {}", status);
  std::string text = problem->detail.value_or(problem->title);
  for (const FieldError& issue : problem->issues) {
    text += fmt::format("\n  {} {}", issue.pointer, issue.message);
  }
  return text;
}

}  // namespace antiphon

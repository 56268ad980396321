#include "api/conversations/conversation_routes.h"

#include "api/conversations/conversation_documents.h"
#include "json/json.h"
#include "json/problem.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

JsonObject<8'192> object_of(std::string text) {
  return JsonObject<8'192>::from_valid(std::move(text)).value_or(JsonObject<8'192>{});
}

ConversationOutput output_of(Conversation conversation) {
  return {conversation.id,
          conversation.agent,
          conversation.agent_version,
          conversation.channel,
          conversation.mode,
          conversation.status,
          conversation.end_reason,
          object_of(std::move(conversation.metadata)),
          conversation.started_at,
          conversation.ended_at};
}

std::optional<std::int64_t> count_of(const std::optional<Milliseconds>& time) {
  return time ? std::optional<std::int64_t>(time->count()) : std::nullopt;
}

MessageOutput output_of(Message message) {
  MessageOutput output;
  output.ordinal = message.ordinal;
  output.speaker = message.speaker;
  output.said = std::move(message.said);
  output.heard = std::move(message.heard);
  output.interrupted = message.interrupted;
  output.started_ms = message.started.count();
  output.ended_ms = message.ended.count();
  if (message.latency) {
    const ReplyLatency& latency = *message.latency;
    output.latency =
        LatencyOutput{count_of(latency.turn_ended), count_of(latency.transcript_final),
                      count_of(latency.first_text), count_of(latency.first_audio_ready),
                      count_of(latency.first_audio_sent)};
  }
  output.citations = std::move(message.citations);
  return output;
}

Task<Result<Response>> open(ConversationService& conversations, ApiCall call) {
  const auto input = from_json<ConversationInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  ConversationDraft draft{input->agent.value(),   input->channel, input->mode,
                          input->metadata.text(), input->version, input->caller.value()};
  auto opened = co_await conversations.open(std::move(call.principal), std::move(draft));
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  const std::string location = "/api/conversations/" + opened->conversation.id.to_string();
  ConversationOpened answer;
  answer.conversation = output_of(std::move(opened->conversation));
  if (opened->token) {
    answer.socket = SocketOutput{"/audio/pcm?token=" + *opened->token, *opened->token,
                                 *opened->token_expires_at};
  } else {
    answer.greeting = std::move(opened->greeting);
  }
  Response response = json_response(201, to_json(answer));
  response.headers.set("Location", location);
  co_return response;
}

Task<Result<Response>> list(ConversationService& conversations, ApiCall call) {
  const auto query = from_query<ConversationListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await conversations.list(std::move(call.principal), {query->agent, query->status},
                                           std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  ConversationList answer;
  for (Conversation& conversation : found->items) {
    answer.items.push_back(output_of(std::move(conversation)));
  }
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> get(ConversationService& conversations, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto record = co_await conversations.find(std::move(call.principal), ConversationId(*id));
  if (!record) co_return std::unexpected(std::move(record.error()));
  ConversationDetail detail;
  detail.conversation = output_of(std::move(record->conversation));
  for (Message& message : record->messages)
    detail.messages.push_back(output_of(std::move(message)));
  for (ConversationEvent& event : record->events) {
    detail.events.push_back({event.sequence, std::move(event.kind), event.at.count(),
                             object_of(std::move(event.payload))});
  }
  co_return json_response(200, to_json(detail));
}

Task<Result<Response>> end(ConversationService& conversations, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto conversation = co_await conversations.end(std::move(call.principal), ConversationId(*id));
  if (!conversation) co_return std::unexpected(std::move(conversation.error()));
  co_return json_response(200, to_json(output_of(std::move(*conversation))));
}

// One server-sent event (WHATWG HTML 9.2): the JSON is one line.
std::string server_sent_event(std::string_view name, std::string_view json) {
  return fmt::format("event: {}\ndata: {}\n\n", name, json);
}

Task<Result<>> type(ConversationService& conversations, ApiCall call, ResponseWriter& writer) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto input = from_json<MessageInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto reply = co_await conversations.answer(std::move(call.principal), ConversationId(*id),
                                             input->text.value());
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  auto started = co_await start_event_stream(writer);
  if (!started) co_return started;
  ReplyEndedOutput ended;
  while (true) {
    auto chunk = co_await (*reply)->next();
    if (!chunk) {
      const std::string problem = to_json(problem_of(chunk.error()));
      co_return co_await writer.write(server_sent_event("error", problem));
    }
    if (!*chunk) break;
    ended.said += (*chunk)->text;
    ended.ends_conversation = ended.ends_conversation || (*chunk)->ends_conversation;
    const ReplyTextOutput text{std::move((*chunk)->text), std::move((*chunk)->citations)};
    auto written = co_await writer.write(server_sent_event("reply.text", to_json(text)));
    if (!written) co_return written;
  }
  co_return co_await writer.write(server_sent_event("reply.ended", to_json(ended)));
}

AnswerHandler bind(ConversationService& conversations,
                   Task<Result<Response>> (*handler)(ConversationService&, ApiCall)) {
  return
      [&conversations, handler](ApiCall call) { return handler(conversations, std::move(call)); };
}

json::Operation operation(std::string_view method, std::string_view path, std::string_view id,
                          std::string_view summary, std::string_view scope) {
  return {.method = method,
          .path = path,
          .id = id,
          .summary = summary,
          .tag = "conversations",
          .scope = scope};
}

constexpr std::string_view kAll = "/api/conversations";
constexpr std::string_view kOne = "/api/conversations/{conversation}";

}  // namespace

void add_conversation_routes(Router& router, ConversationService& conversations) {
  json::Operation opening = operation("POST", kAll, "conversations.create",
                                      "Open a conversation with an agent.", "conversations:write");
  opening.request.shape = &shape_of<ConversationInput>();
  opening.responses = {{.status = 201,
                        .description = "Where to speak, or the greeting of a typed conversation.",
                        .shape = &shape_of<ConversationOpened>()}};
  opening.errors = {ErrorCode::not_found, ErrorCode::wrong_state};
  router.add({.operation = std::move(opening), .answer = bind(conversations, open)});

  json::Operation listing = operation("GET", kAll, "conversations.list",
                                      "List conversations, newest first.", "conversations:read");
  listing.query = &shape_of<ConversationListQuery>();
  listing.responses = {{.description = "One page.", .shape = &shape_of<ConversationList>()}};
  router.add({.operation = std::move(listing), .answer = bind(conversations, list)});

  json::Operation reading = operation(
      "GET", kOne, "conversations.get",
      "Read a conversation: what was said, what was heard, and when.", "conversations:read");
  reading.responses = {
      {.description = "The conversation.", .shape = &shape_of<ConversationDetail>()}};
  router.add({.operation = std::move(reading), .answer = bind(conversations, get)});

  json::Operation ending =
      operation("POST", "/api/conversations/{conversation}/end", "conversations.end",
                "End a conversation.", "conversations:write");
  ending.responses = {
      {.description = "The conversation, ended.", .shape = &shape_of<ConversationOutput>()}};
  router.add({.operation = std::move(ending), .answer = bind(conversations, end)});

  json::Operation typing =
      operation("POST", "/api/conversations/{conversation}/messages", "conversations.type",
                "Say something to the agent in writing.", "conversations:write");
  typing.description =
      "The answer is a stream of events: `reply.text` for each sentence, then `reply.ended`; "
      "`error` holds a problem.";
  typing.request.shape = &shape_of<MessageInput>();
  typing.responses = {{.description = "The reply as it is made.",
                       .shape = &shape_of<ReplyTextOutput>(),
                       .media_type = json::kEventStreamMediaType}};
  typing.errors = {ErrorCode::wrong_state, ErrorCode::closed};
  router.add({.operation = std::move(typing),
              .stream = [&conversations](ApiCall call, ResponseWriter& writer) {
                return type(conversations, std::move(call), writer);
              }});
}

}  // namespace antiphon

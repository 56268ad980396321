#include "api/widgets/widget_documents.h"
#include "api/widgets/widget_routes.h"
#include "json/problem.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kBearer = "Bearer ";
// The browser asks again after this; Chromium keeps it for at most two hours.
constexpr std::string_view kPreflightSeconds = "7200";
constexpr std::size_t kVisitorBodyMax = std::size_t{16} * 1024;

struct Door {
  WidgetService& widgets;
  VisitorLimiter* limiter;
};

struct Visit {
  AgentId agent;
  WidgetPage page;
  ApiCall call;
  WidgetVisitor visitor;  // nobody yet, in /widget/session
};

WidgetPage page_of(const RequestHead& head) {
  const std::string_view scheme = head.is_secure ? "https://" : "http://";
  return {std::string(head.headers.find("Origin").value_or("")),
          fmt::format("{}{}", scheme, head.headers.find("Host").value_or(""))};
}

Result<AgentId> agent_of(const RequestHead& head) {
  auto query = from_query<WidgetAgentQuery>(query_of(head));
  if (!query) return std::unexpected(std::move(query.error()));
  return query->agent;
}

void allow(Headers& headers, const std::string& origin) {
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Expose-Headers", "Retry-After");
  headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}

// Of a request whose page may read the answer, the rest: whose token, and how often.
Task<Result<>> enter(Door door, VisitorAct act, bool has_session, Visit& visit, Headers& headers) {
  if (has_session) {
    std::string_view token = visit.call.request.headers.find("Authorization").value_or("");
    if (token.starts_with(kBearer)) token.remove_prefix(kBearer.size());
    auto visitor = door.widgets.visitor(visit.agent, visit.page, token);
    if (!visitor) co_return std::unexpected(std::move(visitor.error()));
    visit.visitor = std::move(*visitor);
  }
  if (door.limiter == nullptr) co_return Result<>{};
  const auto verdict = co_await door.limiter->admit(
      act, visit.visitor.id.uuid(), visit.agent.uuid(), visit.call.request.remote_address);
  if (verdict.allowed) co_return Result<>{};
  for (auto& [name, value] : verdict.headers())
    headers.set(name, value);
  co_return failure(
      ErrorCode::resource_exhausted,
      fmt::format("too many requests of this {}; wait as Retry-After says", verdict.policy));
}

// Caps come before the settings are read, so that nobody makes the database work without end; the
// page's right comes before anything that the page may read.
Task<Result<Visit>> arrive(Door door, VisitorAct act, bool has_session, ApiCall call,
                           Headers& headers) {
  const auto agent = agent_of(call.request);
  if (!agent) co_return std::unexpected(agent.error());
  Visit visit{*agent, page_of(call.request), std::move(call), {}};
  const auto admitted = co_await door.widgets.admit(visit.agent, visit.page);
  if (!admitted) {
    headers.set("Vary", "Origin");
    co_return std::unexpected(admitted.error());
  }
  allow(headers, visit.page.origin);
  headers.set("Vary", "Origin");
  const auto entered = co_await enter(door, act, has_session, visit, headers);
  if (!entered) co_return std::unexpected(entered.error());
  co_return visit;
}

Response dressed(Response response, const Headers& headers) {
  for (const auto& [name, value] : headers)
    response.headers.set(name, value);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

using VisitHandler = Task<Result<Response>> (*)(WidgetService&, Visit);

AnswerHandler answer_with(Door door, VisitorAct act, VisitHandler handler,
                          bool has_session = true) {
  return [=](ApiCall call) -> Task<Result<Response>> {
    Headers headers;
    auto visit = co_await arrive(door, act, has_session, std::move(call), headers);
    if (!visit) co_return dressed(problem_response(visit.error()), headers);
    auto response = co_await handler(door.widgets, std::move(*visit));
    if (!response) co_return dressed(problem_response(response.error()), headers);
    co_return dressed(std::move(*response), headers);
  };
}

WidgetLook look_of(WidgetSettings settings) {
  WidgetLook look{settings.title.value(), settings.subtitle.value(), settings.greeting.value(),
                  settings.theme,         settings.accent.value(),   settings.position,
                  settings.mode,          settings.consent.value(),  {}};
  for (const auto& suggestion : settings.suggestions)
    look.suggestions.push_back(suggestion.value());
  return look;
}

Task<Result<Response>> begin(WidgetService& widgets, Visit visit) {
  auto input = from_json<WidgetSessionInput>(visit.call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  WidgetVisit who{.resume = input->resume.value(), .identity = {}, .identity_hash = {}};
  if (input->identity) {
    who.identity = input->identity->id.value();
    who.identity_hash = input->identity->hash.value();
  }
  auto session = co_await widgets.begin(visit.agent, visit.page, std::move(who));
  if (!session) co_return std::unexpected(std::move(session.error()));
  WidgetSessionOutput output;
  output.token = std::move(session->token);
  output.expires_at = session->expires_at;
  if (!session->resume.empty()) output.resume = std::move(session->resume);
  output.look = look_of(std::move(session->settings));
  co_return json_response(200, to_json(output));
}

Task<Result<Response>> history(WidgetService& widgets, Visit visit) {
  auto thread = co_await widgets.thread(std::move(visit.visitor));
  if (!thread) co_return std::unexpected(std::move(thread.error()));
  WidgetHistory output;
  output.conversation = thread->open;
  for (ConversationRecord& record : thread->conversations) {
    const Conversation& of = record.conversation;
    for (Message& message : record.messages) {
      if (message.heard.empty()) continue;
      output.items.push_back({of.id, of.mode, message.speaker, std::move(message.heard),
                              message.interrupted, of.started_at + message.started});
    }
  }
  co_return json_response(200, to_json(output));
}

Task<Result<Response>> call(WidgetService& widgets, Visit visit) {
  auto opened = co_await widgets.call(std::move(visit.visitor));
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  const WidgetCallOutput output{opened->conversation.id,
                                "/audio/pcm?token=" + opened->token.value_or(""),
                                opened->token_expires_at.value_or(WallTime{})};
  co_return json_response(201, to_json(output));
}

Task<Result<Response>> rate(WidgetService& widgets, Visit visit) {
  auto input = from_json<WidgetFeedbackInput>(visit.call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto rated = co_await widgets.rate(std::move(visit.visitor), input->conversation, input->rating,
                                     input->comment.value());
  if (!rated) co_return std::unexpected(std::move(rated.error()));
  co_return empty_response();
}

Task<Result<Response>> count(WidgetService& widgets, Visit visit) {
  auto input = from_json<WidgetEventsInput>(visit.call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto counted = co_await widgets.count(std::move(visit.visitor), input->events.value());
  if (!counted) co_return std::unexpected(std::move(counted.error()));
  co_return empty_response();
}

std::string event_of(std::string_view name, std::string_view json) {
  return fmt::format("event: {}\ndata: {}\n\n", name, json);
}

Task<Result<>> stream(WidgetAnswer answer, const Headers& cors, ResponseWriter& writer) {
  Headers headers = cors;
  headers.set("Content-Type", std::string(json::kEventStreamMediaType));
  headers.set("Cache-Control", "no-store");
  headers.set("X-Accel-Buffering", "no");
  auto started = co_await writer.start(200, std::move(headers));
  if (!started) co_return started;
  auto written = co_await writer.write(
      event_of("conversation.opened", to_json(WidgetConversationOutput{answer.conversation})));
  if (!written) co_return written;
  WidgetReplyEnded ended;
  while (true) {
    auto chunk = co_await answer.reply->next();
    if (!chunk)
      co_return co_await writer.write(event_of("error", to_json(problem_of(chunk.error()))));
    if (!*chunk) break;
    ended.said += (*chunk)->text;
    ended.ends_conversation = ended.ends_conversation || (*chunk)->ends_conversation;
    written = co_await writer.write(
        event_of("reply.text", to_json(WidgetReplyText{std::move((*chunk)->text)})));
    if (!written) co_return written;
  }
  co_return co_await writer.write(event_of("reply.ended", to_json(ended)));
}

Task<Result<WidgetAnswer>> answered(WidgetService& widgets, Visit visit) {
  auto input = from_json<WidgetMessageInput>(visit.call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  co_return co_await widgets.type(std::move(visit.visitor),
                                  {input->conversation, input->id, input->text.value()});
}

Task<Result<>> type(Door door, ApiCall call, ResponseWriter& writer) {
  Headers headers;
  auto visit = co_await arrive(door, VisitorAct::message, true, std::move(call), headers);
  if (!visit) co_return co_await writer.send(dressed(problem_response(visit.error()), headers));
  auto answer = co_await answered(door.widgets, std::move(*visit));
  if (!answer) co_return co_await writer.send(dressed(problem_response(answer.error()), headers));
  co_return co_await stream(std::move(*answer), headers, writer);
}

// A browser asks before it sends a token to another origin.
Task<Response> preflight(WidgetService& widgets, Request request) {
  const auto agent = agent_of(request);
  if (!agent) co_return problem_response(agent.error());
  const WidgetPage page = page_of(request);
  const auto admitted = co_await widgets.admit(*agent, page);
  if (!admitted) co_return problem_response(admitted.error());
  Response response = empty_response();
  allow(response.headers, page.origin);
  response.headers.set("Vary", "Origin");
  response.headers.set("Access-Control-Allow-Methods", "POST");
  response.headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type");
  response.headers.set("Access-Control-Max-Age", std::string(kPreflightSeconds));
  co_return response;
}

json::Operation operation(std::string_view path, std::string_view id, std::string_view summary) {
  return {.method = "POST",
          .path = path,
          .id = id,
          .summary = summary,
          .tag = "widget",
          .query = &shape_of<WidgetAgentQuery>()};
}

void add_session(Router& router, Door door) {
  json::Operation beginning =
      operation("/widget/session", "widget.session", "Begin or renew a visitor's session.");
  beginning.request.shape = &shape_of<WidgetSessionInput>();
  beginning.responses = {{200, "The token and the look.", &shape_of<WidgetSessionOutput>()}};
  beginning.errors = {ErrorCode::permission_denied, ErrorCode::resource_exhausted};
  router.add({.operation = std::move(beginning),
              .answer = answer_with(door, VisitorAct::session, begin, false),
              .body_max = kVisitorBodyMax});
  json::Operation typing =
      operation("/widget/messages", "widget.type", "Write to the agent as a visitor.");
  typing.description =
      "The answer is a stream of events: `conversation.opened`, `reply.text` for each sentence, "
      "then `reply.ended`; `error` holds a problem.";
  typing.request.shape = &shape_of<WidgetMessageInput>();
  typing.responses = {{.description = "The reply as it is made.",
                       .shape = &shape_of<WidgetReplyText>(),
                       .media_type = json::kEventStreamMediaType}};
  typing.errors = {ErrorCode::already_exists, ErrorCode::wrong_state, ErrorCode::closed};
  router.add(
      {.operation = std::move(typing),
       .stream = [door](ApiCall asked,
                        ResponseWriter& writer) { return type(door, std::move(asked), writer); },
       .body_max = kVisitorBodyMax});
}

void add_notes(Router& router, Door door) {
  json::Operation reading =
      operation("/widget/history", "widget.history", "Read the visitor's own thread.");
  reading.responses = {{200, "The thread.", &shape_of<WidgetHistory>()}};
  router.add(
      {.operation = std::move(reading), .answer = answer_with(door, VisitorAct::note, history)});
  json::Operation calling =
      operation("/widget/call", "widget.call", "Begin a spoken conversation as a visitor.");
  calling.responses = {{201, "Where to speak.", &shape_of<WidgetCallOutput>()}};
  router.add(
      {.operation = std::move(calling), .answer = answer_with(door, VisitorAct::call, call)});
  json::Operation rating =
      operation("/widget/feedback", "widget.rate", "Say how the conversation was.");
  rating.request.shape = &shape_of<WidgetFeedbackInput>();
  rating.responses = {{204, "Kept."}};
  router.add({.operation = std::move(rating),
              .answer = answer_with(door, VisitorAct::note, rate),
              .body_max = kVisitorBodyMax});
  json::Operation counting =
      operation("/widget/events", "widget.count", "Count what happened in the widget.");
  counting.request.shape = &shape_of<WidgetEventsInput>();
  counting.responses = {{204, "Counted."}};
  router.add({.operation = std::move(counting),
              .answer = answer_with(door, VisitorAct::note, count),
              .body_max = kVisitorBodyMax});
}

}  // namespace

void add_visitor_routes(Router& router, WidgetService& widgets, VisitorLimiter* limiter) {
  const Door door{widgets, limiter};
  add_session(router, door);
  add_notes(router, door);
  for (const std::string_view path : {"/widget/session", "/widget/messages", "/widget/history",
                                      "/widget/call", "/widget/feedback", "/widget/events"}) {
    router.add(PageRoute{path, respond_with([&widgets](Request request) {
                           return preflight(widgets, std::move(request));
                         }),
                         Upgrade::refused, Method::options});
  }
}

}  // namespace antiphon

#include "api/agents/agent_routes.h"

#include "api/agents/agent_documents.h"
#include "json/codec.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

ANTIPHON_JSON_CODEC(AgentInput)
ANTIPHON_JSON_CODEC(AgentOutput)
ANTIPHON_JSON_CODEC(AgentList)
ANTIPHON_JSON_CODEC(AgentListQuery)
ANTIPHON_JSON_CODEC(AgentPath)

Result<Slug> Slug::make(std::string text) {
  const auto is_word = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
  };
  bool valid =
      !text.empty() && text.size() <= kLengthMax && is_word(text.front()) && is_word(text.back());
  valid = valid && !text.contains("--");
  for (const char character : text)
    valid = valid && (is_word(character) || character == '-');
  if (!valid) {
    return failure(ErrorCode::invalid_argument, std::string(kRule), {{"", std::string(kRule)}});
  }
  Slug slug;
  slug.value_ = std::move(text);
  return slug;
}

namespace {

using json::Operation;

constexpr std::size_t kAgentBodyMax = 256 * 1024;

AgentDraft draft_of(AgentInput input) {
  AgentDraft draft;
  draft.name = input.name.value();
  if (input.slug) draft.slug = input.slug->value();
  draft.description = input.description.value();
  draft.status = input.status;
  draft.configuration = std::move(input.configuration);
  return draft;
}

AgentInput input_of(const Agent& agent) {
  AgentInput input;
  input.name = Text<1, 120>::make(agent.name).value_or(Text<1, 120>{});
  if (auto slug = Slug::make(agent.slug)) input.slug = std::move(*slug);
  input.description = Text<0, 1'000>::make(agent.description).value_or(Text<0, 1'000>{});
  input.status = agent.status;
  input.configuration = agent.configuration;
  return input;
}

AgentOutput output_of(Agent agent) {
  return {agent.id,
          std::move(agent.slug),
          std::move(agent.name),
          std::move(agent.description),
          agent.status,
          std::move(agent.configuration),
          agent.revision,
          agent.created_at,
          agent.updated_at};
}

Response agent_response(int status, Agent agent) {
  const std::string tag = fmt::format("\"{}\"", agent.revision);
  const std::string location = "/api/agents/" + agent.id.to_string();
  Response response = json_response(status, to_json(output_of(std::move(agent))));
  response.headers.set("ETag", tag);
  if (status == 201) response.headers.set("Location", location);
  return response;
}

Task<Result<Response>> create(AgentService& agents, ApiCall call) {
  auto input = from_json<AgentInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto agent = co_await agents.create(std::move(call.principal), draft_of(std::move(*input)));
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  co_return agent_response(201, std::move(*agent));
}

Task<Result<Response>> list(AgentService& agents, ApiCall call) {
  auto query = from_query<AgentListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  AgentFilter filter{query->search.value(), query->status};
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await agents.list(std::move(call.principal), std::move(filter), std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  AgentList answer;
  for (Agent& agent : found->items)
    answer.items.push_back(output_of(std::move(agent)));
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

// The path takes a slug too: what a person types.
Task<Result<Response>> get(AgentService& agents, ApiCall call) {
  auto agent = co_await agents.find_named(std::move(call.principal), call.arguments[0]);
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  co_return agent_response(200, std::move(*agent));
}

Task<Result<Response>> replace(AgentService& agents, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto revision = revision_of(call.request);
  if (!revision) co_return std::unexpected(std::move(revision.error()));
  auto input = from_json<AgentInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto agent = co_await agents.replace(std::move(call.principal), AgentId(*id), *revision,
                                       draft_of(std::move(*input)));
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  co_return agent_response(200, std::move(*agent));
}

Task<Result<Response>> patch(AgentService& agents, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto revision = revision_of(call.request);
  if (!revision) co_return std::unexpected(revision.error());
  const auto current = co_await agents.find(call.principal, AgentId(*id));
  if (!current) co_return std::unexpected(current.error());
  auto input = merge_patch(input_of(*current), call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  // Without If-Match the patch still applies to what was just read, not to a later change.
  auto agent =
      co_await agents.replace(std::move(call.principal), AgentId(*id),
                              revision->value_or(current->revision), draft_of(std::move(*input)));
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  co_return agent_response(200, std::move(*agent));
}

Task<Result<Response>> remove(AgentService& agents, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto removed = co_await agents.remove(std::move(call.principal), AgentId(*id));
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  Response response;
  response.status = 204;
  co_return response;
}

Task<Result<Response>> duplicate(AgentService& agents, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto agent = co_await agents.duplicate(std::move(call.principal), AgentId(*id));
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  co_return agent_response(201, std::move(*agent));
}

AnswerHandler bind(AgentService& agents,
                   Task<Result<Response>> (*handler)(AgentService&, ApiCall)) {
  return [&agents, handler](ApiCall call) { return handler(agents, std::move(call)); };
}

json::Response one_agent(int status, std::string_view description) {
  return {.status = status,
          .description = description,
          .shape = &shape_of<AgentOutput>(),
          .headers = {{"ETag", "The revision, for If-Match."}}};
}

const std::vector<json::Header> kIfMatch{
    {"If-Match", "The ETag you read; the change is refused when the agent has changed since."}};

void add_common(Router& router, AgentService& agents) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/agents",
                     .id = "agents.list",
                     .summary = "List agents, newest first.",
                     .tag = "agents",
                     .scope = "agents:read",
                     .query = &shape_of<AgentListQuery>(),
                     .responses = {{.description = "One page.", .shape = &shape_of<AgentList>()}}},
       .answer = bind(agents, list)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/agents",
                            .id = "agents.create",
                            .summary = "Create an agent.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .request = {.shape = &shape_of<AgentInput>()},
                            .responses = {one_agent(201, "The new agent.")},
                            .errors = {ErrorCode::already_exists}},
              .answer = bind(agents, create),
              .body_max = kAgentBodyMax});
  router.add({.operation = {.method = "GET",
                            .path = "/api/agents/{agent}",
                            .id = "agents.get",
                            .summary = "Read an agent, by id or slug.",
                            .tag = "agents",
                            .scope = "agents:read",
                            .path_parameters = &shape_of<AgentPath>(),
                            .responses = {one_agent(200, "The agent.")}},
              .answer = bind(agents, get)});
}

void add_changes(Router& router, AgentService& agents) {
  router.add({.operation = {.method = "PUT",
                            .path = "/api/agents/{agent}",
                            .id = "agents.replace",
                            .summary = "Replace an agent; fields left out return to defaults.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .headers = kIfMatch,
                            .request = {.shape = &shape_of<AgentInput>()},
                            .responses = {one_agent(200, "The changed agent.")},
                            .errors = {ErrorCode::conflict, ErrorCode::already_exists}},
              .answer = bind(agents, replace),
              .body_max = kAgentBodyMax});
  router.add({.operation = {.method = "PATCH",
                            .path = "/api/agents/{agent}",
                            .id = "agents.patch",
                            .summary = "Change some fields of an agent (RFC 7396).",
                            .tag = "agents",
                            .scope = "agents:write",
                            .headers = kIfMatch,
                            .request = {.shape = &shape_of<AgentInput>(),
                                        .media_type = json::kMergePatchMediaType},
                            .responses = {one_agent(200, "The changed agent.")},
                            .errors = {ErrorCode::conflict, ErrorCode::already_exists}},
              .answer = bind(agents, patch),
              .body_max = kAgentBodyMax});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/agents/{agent}",
                            .id = "agents.remove",
                            .summary = "Remove an agent that no conversation refers to.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .responses = {{.status = 204, .description = "It is gone."}},
                            .errors = {ErrorCode::wrong_state}},
              .answer = bind(agents, remove)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/agents/{agent}/duplicate",
                            .id = "agents.duplicate",
                            .summary = "Copy an agent with its configuration and knowledge bases.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .responses = {one_agent(201, "The copy.")}},
              .answer = bind(agents, duplicate)});
}

}  // namespace

void add_agent_routes(Router& router, AgentService& agents) {
  add_common(router, agents);
  add_changes(router, agents);
}

}  // namespace antiphon

#include "api/agents/version_routes.h"

#include "api/agents/agent_documents.h"
#include "api/agents/version_documents.h"
#include "json/json.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace antiphon {

namespace {

VersionSummary summary_of(AgentVersion& version) {
  return {version.id, version.number, std::move(version.note), std::move(version.created_by),
          version.created_at};
}

std::vector<VersionChangeOutput> changes_of(std::vector<VersionChange> changes) {
  std::vector<VersionChangeOutput> output;
  for (VersionChange& change : changes) {
    output.push_back(
        {std::move(change.pointer), std::move(change.before), std::move(change.after)});
  }
  return output;
}

VersionFiguresOutput figures_of(VersionFigures figures) {
  VersionFiguresOutput output;
  output.conversations = figures.conversations;
  if (figures.duration_median) output.duration_median_ms = figures.duration_median->count();
  output.outcomes = std::move(figures.outcomes);
  return output;
}

// What can be no number is the number of nothing.
Result<std::int64_t> number_argument(const ApiCall& call) {
  const std::string& text = call.arguments[1];
  auto number = VersionNumber::make(0);
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc{} && read.ptr == text.data() + text.size()) {
    number = VersionNumber::make(value);
  }
  if (number) return number->value();
  return failure(ErrorCode::not_found, "there is no such version");
}

Result<Response> answer_with(Result<Publication> published) {
  if (!published) return std::unexpected(std::move(published.error()));
  const std::string location =
      fmt::format("/api/agents/{}/versions/{}", published->version.agent.to_string(),
                  published->version.number);
  PublicationOutput output{summary_of(published->version),
                           changes_of(std::move(published->changes)), published->revision};
  Response response = json_response(201, to_json(output));
  response.headers.set("Location", location);
  response.headers.set("ETag", fmt::format("\"{}\"", published->revision));
  return response;
}

Task<Result<Response>> publish(VersionService& versions, ApiCall call) {
  const auto revision = revision_of(call.request);
  if (!revision) co_return std::unexpected(revision.error());
  auto input = from_json<PublishInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  co_return answer_with(co_await versions.publish(
      std::move(call.principal), std::move(call.arguments[0]), *revision, input->note.value()));
}

Task<Result<Response>> roll_back(VersionService& versions, ApiCall call) {
  auto input = from_json<RollbackInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  co_return answer_with(co_await versions.roll_back(std::move(call.principal),
                                                    std::move(call.arguments[0]),
                                                    input->version.value(), input->note.value()));
}

Task<Result<Response>> list(VersionService& versions, ApiCall call) {
  auto query = from_query<VersionListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await versions.list(std::move(call.principal), std::move(call.arguments[0]),
                                      std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  VersionListOutput answer;
  for (AgentVersion& version : found->page.items) {
    const bool is_published = found->published == version.id;
    const auto percent = found->canary && found->canary->version == version.id
                             ? std::optional<std::int64_t>(found->canary->percent)
                             : std::nullopt;
    answer.items.push_back(
        {summary_of(version), is_published, percent, figures_of(std::move(version.figures))});
  }
  if (!found->page.next_cursor.empty()) answer.next_cursor = std::move(found->page.next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> get(VersionService& versions, ApiCall call) {
  const auto number = number_argument(call);
  if (!number) co_return std::unexpected(number.error());
  auto version =
      co_await versions.find(std::move(call.principal), std::move(call.arguments[0]), *number);
  if (!version) co_return std::unexpected(std::move(version.error()));
  VersionDetail detail{summary_of(*version), std::move(version->configuration)};
  co_return json_response(200, to_json(detail));
}

Task<Result<Response>> compare(VersionService& versions, ApiCall call) {
  auto query = from_query<VersionDiffQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  auto changes = co_await versions.compare(std::move(call.principal), std::move(call.arguments[0]),
                                           std::move(query->from), std::move(query->to));
  if (!changes) co_return std::unexpected(std::move(changes.error()));
  co_return json_response(200, to_json(VersionDiffOutput{changes_of(std::move(*changes))}));
}

Task<Result<Response>> start_canary(VersionService& versions, ApiCall call) {
  auto input = from_json<CanaryInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto revision = co_await versions.start_canary(
      std::move(call.principal), std::move(call.arguments[0]), input->version.value(),
      static_cast<int>(input->percent.value()));
  if (!revision) co_return std::unexpected(std::move(revision.error()));
  co_return json_response(
      200, to_json(CanaryOutput{input->version.value(), input->percent.value(), *revision}));
}

Task<Result<Response>> stop_canary(VersionService& versions, ApiCall call) {
  auto stopped =
      co_await versions.stop_canary(std::move(call.principal), std::move(call.arguments[0]));
  if (!stopped) co_return std::unexpected(std::move(stopped.error()));
  co_return empty_response();
}

AnswerHandler bind(VersionService& versions,
                   Task<Result<Response>> (*handler)(VersionService&, ApiCall)) {
  return [&versions, handler](ApiCall call) { return handler(versions, std::move(call)); };
}

json::Response publication() {
  return {.status = 201,
          .description = "The new version, which conversations run on from now on.",
          .shape = &shape_of<PublicationOutput>(),
          .headers = {{"ETag", "The agent's revision, for If-Match."}}};
}

void add_reads(Router& router, VersionService& versions) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/agents/{agent}/versions",
                            .id = "versions.list",
                            .summary = "List the versions of an agent, newest first.",
                            .description = "With figures of the last 30 days for each.",
                            .tag = "agents",
                            .scope = "agents:read",
                            .path_parameters = &shape_of<AgentPath>(),
                            .query = &shape_of<VersionListQuery>(),
                            .responses = {{200, "One page.", &shape_of<VersionListOutput>()}}},
              .answer = bind(versions, list)});
  router.add({.operation = {.method = "GET",
                            .path = "/api/agents/{agent}/versions/{version}",
                            .id = "versions.get",
                            .summary = "Read a version of an agent, with its configuration.",
                            .tag = "agents",
                            .scope = "agents:read",
                            .path_parameters = &shape_of<VersionPath>(),
                            .responses = {{200, "The version.", &shape_of<VersionDetail>()}}},
              .answer = bind(versions, get)});
  router.add({.operation = {.method = "GET",
                            .path = "/api/agents/{agent}/diff",
                            .id = "versions.diff",
                            .summary = "What changed between two versions, or to the draft.",
                            .tag = "agents",
                            .scope = "agents:read",
                            .path_parameters = &shape_of<AgentPath>(),
                            .query = &shape_of<VersionDiffQuery>(),
                            .responses = {{200, "The changes, field by field.",
                                           &shape_of<VersionDiffOutput>()}}},
              .answer = bind(versions, compare)});
}

const std::vector<json::Header> kIfMatch{
    {"If-Match", "The ETag you read; nothing is published when the agent has changed since."}};

void add_writes(Router& router, VersionService& versions) {
  router.add({.operation = {.method = "POST",
                            .path = "/api/agents/{agent}/publish",
                            .id = "versions.publish",
                            .summary = "Publish the draft of an agent as a new version.",
                            .description = "Conversations that begin from now on run on it; those "
                                           "that run keep theirs.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .path_parameters = &shape_of<AgentPath>(),
                            .headers = kIfMatch,
                            .request = {.shape = &shape_of<PublishInput>()},
                            .responses = {publication()},
                            .errors = {ErrorCode::conflict}},
              .answer = bind(versions, publish)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/agents/{agent}/rollback",
                            .id = "versions.rollback",
                            .summary = "Publish an old version again, as a new one.",
                            .description = "The draft stays as it is.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .path_parameters = &shape_of<AgentPath>(),
                            .request = {.shape = &shape_of<RollbackInput>()},
                            .responses = {publication()}},
              .answer = bind(versions, roll_back)});
}

void add_canary(Router& router, VersionService& versions) {
  router.add({.operation = {.method = "PUT",
                            .path = "/api/agents/{agent}/canary",
                            .id = "canary.start",
                            .summary = "Let a share of the callers meet another version.",
                            .description = "The same callers each time; a publication or a "
                                           "rollback ends it.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .path_parameters = &shape_of<AgentPath>(),
                            .request = {.shape = &shape_of<CanaryInput>()},
                            .responses = {{200, "It runs.", &shape_of<CanaryOutput>()}},
                            .errors = {ErrorCode::wrong_state}},
              .answer = bind(versions, start_canary)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/agents/{agent}/canary",
                            .id = "canary.stop",
                            .summary = "Let every caller meet the published version again.",
                            .tag = "agents",
                            .scope = "agents:write",
                            .path_parameters = &shape_of<AgentPath>(),
                            .responses = {{204, "There is none any more."}}},
              .answer = bind(versions, stop_canary)});
}

}  // namespace

void add_version_routes(Router& router, VersionService& versions) {
  add_reads(router, versions);
  add_writes(router, versions);
  add_canary(router, versions);
}

}  // namespace antiphon

#include "api/tools/tool_routes.h"

#include "api/tools/tool_documents.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kToolBodyMax = 64 * 1024;

ToolOutput output_of(Tool tool) {
  return {tool.id,       std::move(tool.name), std::move(tool.configuration),
          tool.revision, tool.created_at,      tool.updated_at};
}

Response tool_response(int status, Tool tool) {
  const std::string tag = fmt::format("\"{}\"", tool.revision);
  Response response = json_response(status, to_json(output_of(std::move(tool))));
  response.headers.set("ETag", tag);
  return response;
}

Result<std::string> name_of_path(const ApiCall& call) {
  auto name = ToolName::make(call.arguments[0]);
  if (name) return name->value();
  return failure(ErrorCode::invalid_argument, "the name in the path is not one of a tool",
                 {{"/name", std::string(ToolName::kRule)}});
}

Task<Result<Response>> list(ToolService& tools, ApiCall call) {
  auto query = from_query<ToolListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await tools.list(std::move(call.principal), std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  ToolList answer;
  for (Tool& tool : found->items)
    answer.items.push_back(output_of(std::move(tool)));
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

// What can be no name is the name of nothing.
Task<Result<Response>> get(ToolService& tools, ApiCall call) {
  auto tool = co_await tools.find(std::move(call.principal), std::move(call.arguments[0]));
  if (!tool) co_return std::unexpected(std::move(tool.error()));
  co_return tool_response(200, std::move(*tool));
}

Task<Result<Response>> put(ToolService& tools, ApiCall call) {
  auto name = name_of_path(call);
  if (!name) co_return std::unexpected(std::move(name.error()));
  const auto revision = revision_of(call.request);
  if (!revision) co_return std::unexpected(revision.error());
  auto input = from_json<ToolInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto made = co_await tools.put(std::move(call.principal), std::move(*name), *revision,
                                 std::move(input->configuration));
  if (!made) co_return std::unexpected(std::move(made.error()));
  const int status = made->is_new ? 201 : 200;
  co_return tool_response(status, std::move(made->tool));
}

Task<Result<Response>> remove(ToolService& tools, ApiCall call) {
  auto removed = co_await tools.remove(std::move(call.principal), std::move(call.arguments[0]));
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return Response{.status = 204, .headers = {}, .body = {}};
}

constexpr std::string_view kList = "/api/tools";
constexpr std::string_view kOne = "/api/tools/{name}";
const std::vector<json::Header> kIfMatch{
    {"If-Match", "The ETag you read; the change is refused when the tool has changed since."}};

json::Response one_tool(int status, std::string_view description) {
  return {.status = status,
          .description = description,
          .shape = &shape_of<ToolOutput>(),
          .headers = {{"ETag", "The revision, for If-Match."}}};
}

void add_reads(Router& router, ToolService& tools) {
  router.add({.operation = {.method = "GET",
                            .path = kList,
                            .id = "tools.list",
                            .summary = "List tools, newest first.",
                            .tag = "tools",
                            .scope = "tools:read",
                            .query = &shape_of<ToolListQuery>(),
                            .responses = {{200, "A page.", &shape_of<ToolList>()}}},
              .answer = [&tools](ApiCall call) { return list(tools, std::move(call)); }});
  router.add({.operation = {.method = "GET",
                            .path = kOne,
                            .id = "tools.get",
                            .summary = "Read a tool.",
                            .tag = "tools",
                            .scope = "tools:read",
                            .path_parameters = &shape_of<ToolPath>(),
                            .responses = {one_tool(200, "The tool.")}},
              .answer = [&tools](ApiCall call) { return get(tools, std::move(call)); }});
}

void add_writes(Router& router, ToolService& tools) {
  router.add({.operation = {.method = "PUT",
                            .path = kOne,
                            .id = "tools.put",
                            .summary = "Make or replace a tool.",
                            .description = "What is wrong with it is said here, and not in a call. "
                                           "Conversations that run keep what they began with.",
                            .tag = "tools",
                            .scope = "tools:write",
                            .path_parameters = &shape_of<ToolPath>(),
                            .headers = kIfMatch,
                            .request = {.shape = &shape_of<ToolInput>()},
                            .responses = {one_tool(200, "Replaced."), one_tool(201, "Made.")},
                            .errors = {ErrorCode::conflict}},
              .answer = [&tools](ApiCall call) { return put(tools, std::move(call)); },
              .body_max = kToolBodyMax});
  router.add({.operation = {.method = "DELETE",
                            .path = kOne,
                            .id = "tools.remove",
                            .summary = "Remove a tool.",
                            .description = "Agents that name it talk without it.",
                            .tag = "tools",
                            .scope = "tools:write",
                            .path_parameters = &shape_of<ToolPath>(),
                            .responses = {{204, "Removed."}}},
              .answer = [&tools](ApiCall call) { return remove(tools, std::move(call)); }});
}

}  // namespace

void add_tool_routes(Router& router, ToolService& tools) {
  add_reads(router, tools);
  add_writes(router, tools);
}

}  // namespace antiphon

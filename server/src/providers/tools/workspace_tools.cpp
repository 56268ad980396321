#include "providers/tools/workspace_tools.h"

#include "domain/tool_template.h"
#include "json/schema_check.h"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kArgumentBytesMax = 32 * 1024;
constexpr std::size_t kQueryBytesMax = 500;
constexpr Duration kRetryAfter{std::chrono::milliseconds(250)};

// The arguments as the model wrote them; some models write nothing where there are none.
Result<json::Value> read_arguments(const ToolRequest& request) {
  const std::string& text = request.call.arguments;
  if (text.size() > kArgumentBytesMax) {
    return failure(ErrorCode::invalid_argument, "the arguments are too long");
  }
  auto arguments = json::parse(text.empty() ? "{}" : text);
  if (!arguments || arguments->if_object() == nullptr) {
    return failure(ErrorCode::invalid_argument, "the arguments are no JSON object");
  }
  const auto schema = json::parse(request.tool.configuration.parameters.text());
  if (!schema) return failure(ErrorCode::corrupt, "the tool's schema cannot be read");
  const auto faults = json::faults_of(*arguments, *schema);
  if (faults.empty()) return arguments;
  std::string message = "the arguments are not what the tool asks for:";
  for (const FieldError& fault : faults)
    message += fmt::format(" {} {};", fault.pointer.empty() ? "/" : fault.pointer, fault.message);
  message.pop_back();
  return failure(ErrorCode::invalid_argument, std::move(message));
}

// One request and its answer, and the status where there was one.
struct Heard {
  ToolAnswer answer;
  int status = 0;
};

Task<Heard> ask_once(OutboundClient& client, const HttpTool& tool, OutboundRequest request,
                     const OutboundPolicy& policy) {
  auto stream = co_await client.open(std::move(request), policy);
  if (!stream) co_return Heard{explained_tool(stream.error())};
  const int status = stream->response().status;
  const auto most = static_cast<std::size_t>(tool.response_bytes_max.value());
  std::string body;
  while (true) {
    auto part = co_await stream->read();
    if (!part) co_return Heard{explained_tool(part.error()), status};
    if (part->empty()) break;
    body += *part;
    if (body.size() > most) {
      co_return Heard{failed_tool(ToolProblem::too_large,
                                  fmt::format("the server answered more than {} bytes", most)),
                      status};
    }
  }
  co_return Heard{read_tool_answer(tool, stream->response(), body), status};
}

}  // namespace

Task<Result<ToolAnswer>> WorkspaceTools::run(ToolRequest request) {
  auto arguments = read_arguments(request);
  if (!arguments) {
    co_return failed_tool(ToolProblem::bad_arguments, std::move(arguments.error().message));
  }
  switch (request.tool.configuration.kind) {
    case ToolKind::lookup:
      co_return co_await look_up(std::move(request), std::move(*arguments));
    case ToolKind::note:
      if (!request.ticket->commit()) co_return explained_tool({ErrorCode::cancelled, {}});
      co_return finished_tool("noted");
    case ToolKind::http:
      break;
  }
  co_return co_await ask_server(std::move(request), std::move(*arguments));
}

Task<Result<ToolAnswer>> WorkspaceTools::look_up(ToolRequest request, json::Value arguments) {
  const json::Value* const query = arguments.find("query");
  const std::string* const text = query == nullptr ? nullptr : query->if_text();
  if (text == nullptr || text->empty() || text->size() > kQueryBytesMax) {
    co_return failed_tool(ToolProblem::bad_arguments, "query must be a text of 1 to 500 bytes");
  }
  if (request.knowledge_bases.empty()) {
    co_return failed_tool(ToolProblem::unavailable, "the agent has no knowledge to look in");
  }
  auto found =
      co_await parts_.index.search({request.workspace, std::move(request.knowledge_bases), *text});
  if (!found && found.error().code == ErrorCode::cancelled) {
    co_return std::unexpected(std::move(found.error()));
  }
  if (!found) co_return failed_tool(ToolProblem::unavailable, "the knowledge cannot be asked now");
  json::Array passages;
  for (const Passage& passage : *found) {
    passages.push_back(json::Object{
        {"title", passage.title}, {"heading", passage.heading}, {"text", passage.text}});
  }
  co_return finished_tool(std::move(passages));
}

Task<Result<ToolAnswer>> WorkspaceTools::ask_server(ToolRequest request, json::Value arguments) {
  if (!request.tool.configuration.http) {
    co_return failed_tool(ToolProblem::refused, "the tool does not say where it is");
  }
  FarStream<ToolAnswer> far(
      parts_.loop,
      [&parts = parts_, request = std::move(request),
       arguments = std::move(arguments)](FarOutlet<ToolAnswer> out) -> Task<> {
        auto answer = co_await exchange(parts, request, arguments);
        const bool given = co_await out.give(std::move(answer));
        static_cast<void>(given);
      });
  auto answer = co_await far.next();
  if (answer) co_return answer;
  co_return failure(ErrorCode::cancelled, "nobody waits for the tool");
}

Task<Result<OpenedSecrets>> WorkspaceTools::open_secrets(const Parts& parts,
                                                         const ToolRequest& request) {
  OpenedSecrets secrets;
  for (const ToolHeader& header : request.tool.configuration.http->headers) {
    for (const TemplatePart& part : parts_of_header(header.value.value())) {
      if (!part.is_name || secrets.contains(part.text)) continue;
      auto value = co_await parts.keys.open({request.workspace, {}, {}, part.text});
      if (!value) co_return std::unexpected(std::move(value.error()));
      secrets.emplace(part.text, value->reveal());
    }
  }
  co_return secrets;
}

Task<ToolAnswer> WorkspaceTools::exchange(const Parts& parts, const ToolRequest& request,
                                          const json::Value& arguments) {
  const ToolConfiguration& tool = request.tool.configuration;
  auto secrets = co_await open_secrets(parts, request);
  if (!secrets && secrets.error().code == ErrorCode::not_found) {
    co_return failed_tool(ToolProblem::refused,
                          "the tool names a secret that the workspace does not have any more");
  }
  if (!secrets) co_return failed_tool(ToolProblem::unavailable, "its secret cannot be opened now");
  auto wanted = make_tool_request(tool, arguments, *secrets);
  // A server that keeps to it does nothing twice, whatever happens to the connection.
  // Models number their calls anew in each answer, so the arguments are part of it.
  wanted.headers.add("Idempotency-Key",
                     fmt::format("{}/{}/{:016x}", request.conversation.to_string(), request.call.id,
                                 std::hash<std::string>{}(request.call.arguments)));
  if (!request.ticket->commit()) co_return explained_tool({ErrorCode::cancelled, {}});
  const int attempts_max = tool.idempotent ? kAttemptsMax : 1;
  Heard heard;
  for (int attempt = 1;; ++attempt) {
    heard = co_await ask_once(parts.client, *tool.http, wanted, parts.policy);
    heard.answer.attempts = attempt;
    if (attempt == attempts_max || !is_passing(heard.answer, heard.status)) break;
    const auto waited = co_await parts.clock.sleep_for(kRetryAfter * attempt);
    if (!waited) break;
  }
  mask_secrets(heard.answer, *secrets);
  co_return std::move(heard.answer);
}

}  // namespace antiphon

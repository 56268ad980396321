// What an HTTP tool sends, and what its server's answer means.
//
// Input   arguments that were checked against the tool's schema; the answers of anybody's server.
// Output  a request whose credentials go to the first origin alone; a ToolAnswer.
// Errors  none: an answer that cannot be used is a ToolAnswer with a problem.
// Thread  any.
#pragma once

#include "json/value.h"
#include "net/outbound_client.h"
#include "ports/tool_runner.h"

#include <map>
#include <string>
#include <string_view>

namespace antiphon {

// By name; opened for one request.
using OpenedSecrets = std::map<std::string, std::string>;

// The configuration is of kind http.
[[nodiscard]] OutboundRequest make_tool_request(const ToolConfiguration& tool,
                                                const json::Value& arguments,
                                                const OpenedSecrets& secrets);

[[nodiscard]] ToolAnswer failed_tool(ToolProblem problem, std::string reason);
// What the model is told when the tool did what it is for; too_large beyond kResultBytesMax.
[[nodiscard]] ToolAnswer finished_tool(json::Value result);
// Of what the outbound client gave instead of an answer.
[[nodiscard]] ToolAnswer explained_tool(const Error& error);
// Of an answer with its body, as far as that was read.
[[nodiscard]] ToolAnswer read_tool_answer(const HttpTool& tool, const Response& head,
                                          std::string_view body);
// Whether asking once more may help.
[[nodiscard]] bool is_passing(const ToolAnswer& answer, int status);
// No server repeats a secret to a model.
void mask_secrets(ToolAnswer& answer, const OpenedSecrets& secrets);

}  // namespace antiphon

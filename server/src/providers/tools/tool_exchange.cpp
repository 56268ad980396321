#include "providers/tools/tool_exchange.h"

#include "core/percent.h"
#include "core/utf8.h"
#include "domain/tool_template.h"
#include "json/json_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace antiphon {

namespace {

using json::Object;
using json::Value;

constexpr std::size_t kQuotedMax = 2'000;  // of an answer that is a failure
constexpr std::size_t kMaskedFrom = 4;     // shorter ones stand in ordinary words

Method method_of(ToolMethod method) {
  switch (method) {
    case ToolMethod::get:
      return Method::get;
    case ToolMethod::post:
      return Method::post;
    case ToolMethod::put:
      return Method::put;
    case ToolMethod::patch:
      return Method::patch;
    case ToolMethod::remove:
      return Method::del;
  }
  return Method::post;
}

std::string text_of(const Value& value) {
  const std::string* const text = value.if_text();
  return text != nullptr ? *text : json::write(value);
}

std::string encoded(std::string_view text) {
  std::string out = percent_encode(text);
  // A segment of dots would lead up the path, whatever it was meant to say.
  if (out == "." || out == "..") return out == "." ? "%2E" : "%2E%2E";
  return out;
}

std::string media_type_of(const Response& head) {
  const auto type = head.headers.find("Content-Type").value_or("");
  std::string name = to_lower_ascii(type.substr(0, type.find(';')));
  while (name.ends_with(' '))
    name.pop_back();
  return name;
}

bool is_json(std::string_view type) {
  return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

bool is_plain(std::string_view type) {
  return type == "text/plain" || type == "text/csv" || type == "text/markdown";
}

Value picked(const HttpTool& tool, Value document, bool& is_there) {
  is_there = true;
  if (tool.result.empty()) return document;
  const auto path = json::JsonPath::parse(tool.result.value());
  auto found = path ? path->select(document) : std::nullopt;
  is_there = found.has_value();
  return found ? std::move(*found) : Value();
}

ToolAnswer refused_by_server(const Response& head, std::string_view body) {
  const std::string reason = fmt::format("the server answered with status {}", head.status);
  ToolAnswer answer{{}, ToolProblem::status, reason};
  const std::string type = media_type_of(head);
  Object told{{"error", reason}};
  if ((is_json(type) || is_plain(type)) && is_valid_utf8(body)) {
    told.push_back({"answer", utf8_prefix(body, kQuotedMax)});
  }
  answer.result = json::write(Value(std::move(told)));
  return answer;
}

void replace_all(std::string& text, const std::string& what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 8))
    text.replace(at, what.size(), "[secret]");
}

}  // namespace

OutboundRequest make_tool_request(const ToolConfiguration& tool, const Value& arguments,
                                  const OpenedSecrets& secrets) {
  const HttpTool& http = *tool.http;
  OutboundRequest request{.method = method_of(http.method), .url = {}};
  std::set<std::string> used;
  for (const TemplatePart& part : parts_of_url(http.url.value())) {
    const Value* const value = part.is_name ? arguments.find(part.text) : nullptr;
    request.url += part.is_name ? encoded(value != nullptr ? text_of(*value) : "") : part.text;
    if (part.is_name) used.insert(part.text);
  }
  const bool has_body = http.method != ToolMethod::get && http.method != ToolMethod::remove;
  Object rest;
  for (const json::Member& member : *arguments.if_object()) {
    if (used.contains(member.key)) continue;
    if (has_body) {
      rest.push_back(member);
    } else {
      request.url += request.url.contains('?') ? '&' : '?';
      request.url += encoded(member.key) + '=' + encoded(text_of(member.value));
    }
  }
  request.headers.add("Accept", "application/json, text/plain;q=0.5");
  if (has_body) {
    request.headers.add("Content-Type", "application/json");
    request.body = json::write(Value(std::move(rest)));
  }
  for (const ToolHeader& header : http.headers) {
    std::string value;
    for (const TemplatePart& part : parts_of_header(header.value.value())) {
      const auto secret = secrets.find(part.text);
      value += part.is_name && secret != secrets.end() ? secret->second : part.text;
    }
    request.credentials.add(header.name.value(), std::move(value));
  }
  return request;
}

ToolAnswer failed_tool(ToolProblem problem, std::string reason) {
  std::string told = json::write(Value(Object{{"error", reason}}));
  return {std::move(told), problem, std::move(reason)};
}

ToolAnswer finished_tool(Value result) {
  ToolAnswer answer;
  answer.result = json::write(Value(Object{{"result", std::move(result)}}));
  if (answer.result.size() <= ToolRunner::kResultBytesMax) return answer;
  return failed_tool(
      ToolProblem::too_large,
      fmt::format("it was done, but its result has more than {} bytes; pick less of it with "
                  "`result`",
                  ToolRunner::kResultBytesMax));
}

ToolAnswer explained_tool(const Error& error) {
  switch (error.code) {
    case ErrorCode::permission_denied:
      return failed_tool(ToolProblem::refused,
                         error.message + "; the operator may allow it with --tool-targets");
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
      return failed_tool(ToolProblem::refused, error.message);
    case ErrorCode::timeout:
      return failed_tool(ToolProblem::timeout, "the server did not answer in time");
    case ErrorCode::too_large:
      return failed_tool(ToolProblem::too_large, "the server answered more than the tool may");
    case ErrorCode::protocol_error:
      return failed_tool(ToolProblem::bad_answer, "the server broke the rules of HTTP");
    case ErrorCode::cancelled:
      return failed_tool(ToolProblem::cancelled, "it was taken back before it was done");
    default:
      return failed_tool(ToolProblem::unavailable, "the server cannot be reached, or broke off");
  }
}

ToolAnswer read_tool_answer(const HttpTool& tool, const Response& head, std::string_view body) {
  if (head.status >= 300) return refused_by_server(head, body);
  if (body.empty()) return finished_tool(Value("done"));
  const std::string type = media_type_of(head);
  if (is_plain(type)) {
    if (!is_valid_utf8(body)) {
      return failed_tool(ToolProblem::bad_answer, "the server's text is no valid UTF-8");
    }
    return finished_tool(Value(body));
  }
  if (!type.empty() && !is_json(type)) {
    return failed_tool(ToolProblem::bad_answer,
                       fmt::format("the server answered {}, and neither JSON nor plain text",
                                   utf8_prefix(type, 60)));
  }
  auto document = json::parse(body);
  if (!document) {
    return failed_tool(ToolProblem::bad_answer, "the server's answer is no valid JSON");
  }
  bool is_there = false;
  Value result = picked(tool, std::move(*document), is_there);
  if (is_there) return finished_tool(std::move(result));
  return failed_tool(ToolProblem::bad_answer,
                     fmt::format("the server's answer has nothing at {}", tool.result.value()));
}

bool is_passing(const ToolAnswer& answer, int status) {
  if (answer.problem == ToolProblem::unavailable || answer.problem == ToolProblem::timeout) {
    return true;
  }
  constexpr std::array kPassing{408, 425, 429, 500, 502, 503, 504};
  return answer.problem == ToolProblem::status &&
         std::ranges::find(kPassing, status) != kPassing.end();
}

void mask_secrets(ToolAnswer& answer, const OpenedSecrets& secrets) {
  for (const auto& [name, value] : secrets) {
    if (value.size() < kMaskedFrom) continue;
    replace_all(answer.result, value);
    replace_all(answer.reason, value);
  }
}

}  // namespace antiphon

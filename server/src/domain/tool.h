// A tool: something an agent may do in a system of the workspace while it talks.
//
// The configuration is one document, as an agent's is: the API validates it, the database stores it
// as jsonb. What a tool needs to prove who it is stands in it as `secret:NAME`, never as a value.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

using ToolId = Id<struct ToolTag>;

// http: asks a server. lookup: searches the agent's knowledge. note: keeps what the caller said,
// checked, in the record of the conversation.
enum class ToolKind : std::uint8_t { http, lookup, note };
BOOST_DESCRIBE_ENUM(ToolKind, http, lookup, note)

// reads: changes nothing, so that asking once more is no harm. acts: books, pays, sends.
enum class ToolEffect : std::uint8_t { reads, acts };
BOOST_DESCRIBE_ENUM(ToolEffect, reads, acts)

enum class ToolMethod : std::uint8_t { get, post, put, patch, remove };
BOOST_DESCRIBE_ENUM(ToolMethod, get, post, put, patch, remove)

struct ToolHeader {
  Text<1, 100> name;
  Text<1, 1'000> value;
  static constexpr FieldNote kNotes[] = {
      {"value",
       "`secret:NAME` in it stands for a secret of kind tool_secret. It is put in when the "
       "request is sent; no model ever sees it."}};
  bool operator==(const ToolHeader&) const = default;
};
BOOST_DESCRIBE_STRUCT(ToolHeader, (), (name, value))

struct HttpTool {
  ToolMethod method = ToolMethod::post;
  Text<1, 2'000> url;
  List<ToolHeader, 20> headers;
  Text<0, 200> result;
  Integer<256, 262'144> response_bytes_max{65'536};
  static constexpr std::string_view kOptionalFields[] = {"method", "headers", "result",
                                                         "response_bytes_max"};
  static constexpr FieldNote kNotes[] = {
      {"method", "`remove` sends DELETE."},
      {"url",
       "`{name}` in its path or query stands for a required argument. The other arguments go into "
       "the query of get and remove, and as a JSON object into the body of the rest."},
      {"result",
       "A JSONPath that picks what the model is told; the whole answer where it is empty. "
       "Children, "
       "indexes, slices and wildcards."},
      {"response_bytes_max", "A longer answer is cut off and is a failure."}};
  bool operator==(const HttpTool&) const = default;
};
BOOST_DESCRIBE_STRUCT(HttpTool, (), (method, url, headers, result, response_bytes_max))

struct ToolConfiguration {
  ToolKind kind = ToolKind::http;
  Text<1, 1'000> description;
  JsonObject<16'384> parameters;
  ToolEffect effect = ToolEffect::acts;
  bool idempotent = false;
  Integer<100, 20'000> timeout_ms{10'000};
  Integer<0, 20'000> latency_ms{500};
  List<Text<1, 200>, 4> fillers;
  std::optional<HttpTool> http;
  static constexpr std::string_view kOptionalFields[] = {
      "kind", "parameters", "effect", "idempotent", "timeout_ms", "latency_ms", "fillers"};
  static constexpr FieldNote kNotes[] = {
      {"description", "What it does and when to use it, for the language model."},
      {"parameters", "A JSON Schema of its arguments; they are checked against it."},
      {"effect",
       "A tool that acts only runs on the caller's word: never because of what another tool said "
       "in the same answer."},
      {"idempotent", "Asking twice does no more than asking once: only then a failure is retried."},
      {"latency_ms",
       "How long it usually takes. From one second on the first filler is said at once, otherwise "
       "when it has taken a second."},
      {"fillers", "Said in this order while the caller waits."},
      {"http", "Of kind http, and required there."}};
  bool operator==(const ToolConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(ToolConfiguration, (),
                      (kind, description, parameters, effect, idempotent, timeout_ms, latency_ms,
                       fillers, http))

struct Tool {
  ToolId id;
  WorkspaceId workspace;
  std::string name;  // unique in the workspace; letters, digits, _ and -; at most 64
  ToolConfiguration configuration;
  std::int64_t revision = 1;  // rises with every change; the ETag
  WallTime created_at{};
  WallTime updated_at{};
};

}  // namespace antiphon

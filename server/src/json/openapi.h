// The table of routes, and the OpenAPI 3.1 document that is made of it.
//
//   const json::Operation kCreate{
//       .method = "POST", .path = "/api/agents", .id = "agents.create", .summary = "Create one.",
//       .tag = "agents", .scope = "agents:write",
//       .request = {.shape = &shape_of<AgentInput>()},
//       .responses = {{.status = 201, .description = "It.", .shape = &shape_of<Agent>()}},
//       .errors = {ErrorCode::already_exists}};
//
// What every route of its kind may answer is added: 401 and 403 where a scope is needed, 404 and
// 422 below a path parameter, 400, 413, 415 and 422 where there is a body, 422 where there is a
// query, and a problem for the rest.
//
// Output  the same text for the same table: routes in their order, components by name.
#pragma once

#include "core/error.h"
#include "json/components.h"
#include "json/shape.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::json {

inline constexpr std::string_view kJsonMediaType = "application/json";
inline constexpr std::string_view kMergePatchMediaType = "application/merge-patch+json";
inline constexpr std::string_view kEventStreamMediaType = "text/event-stream";

struct Header {
  std::string_view name;
  std::string_view description;
};

// No shape and no media type: no body. A media type without a shape: text, or bytes.
struct Request {
  const Shape* shape = nullptr;
  std::string_view media_type = {};  // empty: JSON; kMergePatchMediaType makes it a patch
};

struct Response {
  int status = 200;
  std::string_view description;
  const Shape* shape = nullptr;      // of kEventStreamMediaType: of one event
  std::string_view media_type = {};  // empty: JSON
  std::vector<Header> headers = {};
  std::string_view text_media_type = {};  // the same as text, for who asks for it: "text/csv"
};

struct Operation {
  std::string_view method;  // "GET"
  std::string_view path;    // "/api/agents/{id}"
  std::string_view id;      // "agents.get": unique
  std::string_view summary;
  std::string_view description = {};
  std::string_view tag;
  std::string_view scope = {};             // what the principal must hold; empty: anybody
  const Shape* path_parameters = nullptr;  // of a described struct; null: each is a UUID
  const Shape* query = nullptr;            // of a described struct
  std::vector<Header> headers = {};        // that the client may send
  Request request = {};
  std::vector<Response> responses;
  std::vector<ErrorCode> errors = {};  // beyond those every route of its kind may answer
};

struct Tag {
  std::string_view name;
  std::string_view description;
};

struct ApiDescription {
  std::string_view title;
  std::string_view version;
  std::string_view description;
  std::vector<Tag> tags;
  std::vector<Operation> operations;
};

[[nodiscard]] std::string openapi_json(const ApiDescription& api);

// Shared with the other documents that are made of the table.
[[nodiscard]] Direction direction_of(const Request& request);
[[nodiscard]] std::vector<std::string_view> path_parameter_names(std::string_view path);
[[nodiscard]] Components components_of(const ApiDescription& api);
// Ids and routes are unique, and a struct of path parameters names those of its path; or it is a
// bug.
void check_table(const ApiDescription& api);

}  // namespace antiphon::json

#include "json/openapi.h"

#include "core/check.h"
#include "json/json.h"
#include "json/problem.h"
#include "json/schema.h"
#include "json/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace antiphon::json {

namespace {

constexpr std::string_view kPrefix = "#/components/schemas/";

bool has_body(const Request& request) {
  return request.shape != nullptr || !request.media_type.empty();
}

std::string media_type_of(std::string_view stated) {
  return std::string(stated.empty() ? kJsonMediaType : stated);
}

class Document {
 public:
  explicit Document(const ApiDescription& api)
      : api_(api), components_(components_of(api)), writer_(components_, kPrefix) {}

  [[nodiscard]] Value make() const {
    Object paths;
    for (const Operation& operation : api_.operations) {
      const auto path = std::ranges::find(paths, operation.path, &Member::key);
      Member member{to_lower(operation.method), describe(operation)};
      if (path != paths.end()) {
        path->value.if_object()->push_back(std::move(member));
      } else {
        paths.push_back({std::string(operation.path), Object{std::move(member)}});
      }
    }
    Array tags;
    for (const Tag& tag : api_.tags) {
      tags.push_back(Object{{"name", tag.name}, {"description", tag.description}});
    }
    return Object{
        {"openapi", "3.1.0"},
        {"info", Object{{"title", api_.title},
                        {"version", api_.version},
                        {"description", api_.description},
                        {"license", Object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
        {"servers", Array{Object{{"url", "/"}}}},
        {"tags", std::move(tags)},
        {"paths", std::move(paths)},
        {"components",
         Object{{"schemas", writer_.define_all()}, {"securitySchemes", security_schemes()}}}};
  }

 private:
  static std::string to_lower(std::string_view method) {
    std::string lower(method);
    for (char& letter : lower)
      letter = static_cast<char>(letter | 0x20);
    return lower;
  }

  static Value security_schemes() {
    return Object{{"bearer", Object{{"type", "http"},
                                    {"scheme", "bearer"},
                                    {"description",
                                     "An API key, or the access token of a signed-in person."}}}};
  }

  [[nodiscard]] Value describe(const Operation& operation) const {
    Object described{{"operationId", operation.id},
                     {"summary", operation.summary},
                     {"tags", Array{operation.tag}}};
    if (!operation.description.empty()) {
      described.push_back({"description", operation.description});
    }
    Array security;
    if (!operation.scope.empty()) {
      security.push_back(Object{{"bearer", Array{operation.scope}}});
    }
    described.push_back({"security", std::move(security)});
    if (Array parameters = parameters_of(operation); !parameters.empty()) {
      described.push_back({"parameters", std::move(parameters)});
    }
    if (has_body(operation.request)) {
      described.push_back(
          {"requestBody", Object{{"required", true}, {"content", content_of(operation.request)}}});
    }
    described.push_back({"responses", responses_of(operation)});
    return described;
  }

  [[nodiscard]] Value parameter(const Shape& owner, const Field& field,
                                std::string_view place) const {
    Value schema = writer_.use_field(owner, field, Direction::input);
    // A query has no null: what is left out is left out.
    if (may_be_null(field, Direction::input)) {
      schema = writer_.use(value_shape_of(field.shape()), Direction::input);
      if (field.presence == Presence::defaulted) {
        const Value with_default = writer_.use_field(owner, field, Direction::input);
        schema.if_object()->push_back({"default", *with_default.find("default")});
      }
    }
    Object described{{"name", field.name}, {"in", place}};
    if (field.presence == Presence::required || place == "path") {
      described.push_back({"required", true});
    }
    if (!field.note.empty()) described.push_back({"description", field.note});
    described.push_back({"schema", std::move(schema)});
    return described;
  }

  [[nodiscard]] Array parameters_of(const Operation& operation) const {
    Array parameters;
    if (operation.path_parameters != nullptr) {
      for (const Field& field : operation.path_parameters->fields) {
        parameters.push_back(parameter(*operation.path_parameters, field, "path"));
      }
    } else {
      for (const std::string_view name : path_parameter_names(operation.path)) {
        parameters.push_back(Object{{"name", name},
                                    {"in", "path"},
                                    {"required", true},
                                    {"schema", Object{{"type", "string"}, {"format", "uuid"}}}});
      }
    }
    if (operation.query != nullptr) {
      for (const Field& field : operation.query->fields) {
        parameters.push_back(parameter(*operation.query, field, "query"));
      }
    }
    for (const Header& header : operation.headers) {
      parameters.push_back(Object{{"name", header.name},
                                  {"in", "header"},
                                  {"description", header.description},
                                  {"schema", Object{{"type", "string"}}}});
    }
    return parameters;
  }

  static Value text_or_bytes(std::string_view media_type) {
    if (!media_type.starts_with("text/")) return Object{};
    return Object{{"schema", Object{{"type", "string"}}}};
  }

  [[nodiscard]] Value content_of(const Request& request) const {
    Value content =
        request.shape == nullptr
            ? text_or_bytes(request.media_type)
            : Value(Object{{"schema", writer_.use(*request.shape, direction_of(request))}});
    return Object{{media_type_of(request.media_type), std::move(content)}};
  }

  [[nodiscard]] Value content_of(const Response& response) const {
    if (response.shape == nullptr) {
      return Object{{media_type_of(response.media_type), text_or_bytes(response.media_type)}};
    }
    Value schema = writer_.use(*response.shape, Direction::output);
    if (response.media_type != kEventStreamMediaType) {
      Object content{{media_type_of(response.media_type), Object{{"schema", std::move(schema)}}}};
      if (const std::string_view text = response.text_media_type; !text.empty()) {
        content.push_back({std::string(text), text_or_bytes(text)});
      }
      return content;
    }
    // OpenAPI 3.2 calls it itemSchema; 3.1 has no word for the events of a stream. There is no
    // `schema`: some readers hold each event against it, others the whole text.
    return Object{
        {std::string(kEventStreamMediaType), Object{{"x-item-schema", std::move(schema)}}}};
  }

  [[nodiscard]] Value describe(const Response& response) const {
    Object described{{"description", response.description}};
    if (!response.headers.empty()) {
      Object headers;
      for (const Header& header : response.headers) {
        headers.push_back(
            {std::string(header.name),
             Object{{"description", header.description}, {"schema", Object{{"type", "string"}}}}});
      }
      described.push_back({"headers", std::move(headers)});
    }
    if (response.shape != nullptr || !response.media_type.empty()) {
      described.push_back({"content", content_of(response)});
    }
    return described;
  }

  [[nodiscard]] Value problem(std::string description) const {
    Value schema = writer_.use(shape_of<Problem>(), Direction::output);
    return Object{{"description", std::move(description)},
                  {"content", Object{{std::string(kProblemMediaType),
                                      Object{{"schema", std::move(schema)}}}}}};
  }

  static std::set<ErrorCode> errors_of(const Operation& operation) {
    using enum ErrorCode;
    std::set<ErrorCode> errors(operation.errors.begin(), operation.errors.end());
    if (!operation.scope.empty())
      errors.insert({unauthenticated, permission_denied, resource_exhausted});
    if (!path_parameter_names(operation.path).empty()) errors.insert({not_found, invalid_argument});
    if (operation.query != nullptr) errors.insert(invalid_argument);
    if (has_body(operation.request)) {
      errors.insert({protocol_error, invalid_argument, too_large, unsupported});
    }
    return errors;
  }

  [[nodiscard]] Value responses_of(const Operation& operation) const {
    std::map<int, Value> by_status;
    for (const Response& response : operation.responses) {
      by_status.emplace(response.status, describe(response));
    }
    std::map<int, std::string> problems;
    for (const ErrorCode code : errors_of(operation)) {
      std::string& text = problems[http_status_of(code)];
      if (!text.empty()) text += " ";
      text += fmt::format("`{}`: {}", name_of(code), entry_of(code).description);
    }
    for (auto& [status, text] : problems)
      by_status.emplace(status, problem(std::move(text)));
    Object responses;
    for (auto& [status, response] : by_status) {
      responses.push_back({std::to_string(status), std::move(response)});
    }
    responses.push_back({"default", problem("Anything else that went wrong.")});
    return responses;
  }

  const ApiDescription& api_;
  const Components components_;
  const SchemaWriter writer_;
};

}  // namespace

Direction direction_of(const Request& request) {
  return request.media_type == kMergePatchMediaType ? Direction::patch : Direction::input;
}

std::vector<std::string_view> path_parameter_names(std::string_view path) {
  std::vector<std::string_view> names;
  while (true) {
    const std::size_t open = path.find('{');
    const std::size_t close = path.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return names;
    names.push_back(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
}

Components components_of(const ApiDescription& api) {
  Components components;
  components.add(shape_of<Problem>(), Direction::output);
  for (const Operation& operation : api.operations) {
    for (const Shape* parameters : {operation.path_parameters, operation.query}) {
      if (parameters == nullptr) continue;
      for (const Field& field : parameters->fields) {
        components.add(field.shape(), Direction::input);
      }
    }
    if (operation.request.shape != nullptr) {
      components.add(*operation.request.shape, direction_of(operation.request));
    }
    for (const Response& response : operation.responses) {
      if (response.shape != nullptr) components.add(*response.shape, Direction::output);
    }
  }
  return components;
}

void check_table(const ApiDescription& api) {
  std::set<std::string_view> ids;
  std::set<std::string> routes;
  for (const Operation& operation : api.operations) {
    CHECK(ids.insert(operation.id).second,
          fmt::format("two operations are called {}", operation.id));
    CHECK(routes.insert(fmt::format("{} {}", operation.method, operation.path)).second,
          fmt::format("two operations are {} {}", operation.method, operation.path));
    CHECK(!operation.responses.empty(), fmt::format("{} answers something", operation.id));
    if (operation.path_parameters == nullptr) continue;
    std::set<std::string_view> fields;
    for (const Field& field : operation.path_parameters->fields)
      fields.insert(field.name);
    const auto names = path_parameter_names(operation.path);
    CHECK(fields == std::set<std::string_view>(names.begin(), names.end()),
          fmt::format("the path parameters of {} are those of its path", operation.id));
  }
}

std::string openapi_json(const ApiDescription& api) {
  check_table(api);
  return write_pretty(Document(api).make());
}

}  // namespace antiphon::json

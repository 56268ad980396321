#include "json/typescript.h"

#include "core/check.h"
#include "json/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace antiphon::json {

namespace {

constexpr std::string_view kHead =
    "// Generated from the contract by the server; a change belongs into its C++ structs.\n";

std::string quoted(std::string_view text) { return fmt::format("'{}'", text); }

std::string comment(std::string_view note, std::string_view indent) {
  if (note.empty()) return "";
  std::string safe(note);
  // The one thing a note could end its comment with.
  for (std::size_t at = safe.find("*/"); at != std::string::npos; at = safe.find("*/")) {
    safe.replace(at, 2, "* /");
  }
  std::ranges::replace(safe, '\n', ' ');
  return fmt::format("{}/** {} */\n", indent, safe);
}

bool is_union(std::string_view type) { return type.find(" | ") != std::string_view::npos; }

class Declarations {
 public:
  Declarations(const ApiDescription& api, std::span<const EventGroup> events)
      : api_(api), events_(events), components_(components_of(api)) {
    for (const EventGroup& group : events)
      components_.add(*group.shape, group.direction);
  }

  [[nodiscard]] std::string make() const {
    std::string out(kHead);
    const auto all = components_.all();
    for (const auto& [name, component] : all) {
      CHECK(name != "ErrorCode" && name != "Operations", "the document has these names itself");
      out += '\n' + declare(name, component);
    }
    for (const EventGroup& group : events_) {
      CHECK(!all.contains(std::string(group.name)), "a group of events has a name of its own");
      fmt::format_to(std::back_inserter(out), "\n{}export type {} = {};\n",
                     comment(group.description, ""), group.name,
                     use(*group.shape, group.direction));
    }
    std::vector<std::string> codes;
    for (const ErrorEntry& entry : error_catalogue())
      codes.push_back(quoted(name_of(entry.code)));
    fmt::format_to(std::back_inserter(out),
                   "\n/** The `code` of a Problem. */\nexport type ErrorCode =\n  | {};\n",
                   fmt::join(codes, "\n  | "));
    out += "\nexport interface Operations {\n";
    for (const Operation& operation : api_.operations)
      out += declare(operation);
    out += "}\n";
    return out;
  }

 private:
  [[nodiscard]] std::string use(const Shape& shape, Direction direction) const {
    switch (shape.kind) {
      case Kind::boolean:
        return "boolean";
      case Kind::integer:
      case Kind::number:
        return "number";
      case Kind::text:
        return "string";
      case Kind::enumeration:
      case Kind::object:
        return components_.name_of(shape, direction);
      case Kind::optional:
      case Kind::nullable:
        return use(shape.inner(), direction) + " | null";
      case Kind::wrapped:
        return use(shape.inner(), direction);
      case Kind::list: {
        const std::string item = use(shape.inner(), direction_inside(shape, direction));
        return is_union(item) ? fmt::format("({})[]", item) : item + "[]";
      }
      case Kind::map: {
        const std::string_view null = direction == Direction::patch ? " | null" : "";
        return fmt::format("Record<string, {}{}>", use(shape.inner(), direction), null);
      }
      case Kind::free_object:
        return "Record<string, unknown>";
      case Kind::variant: {
        std::vector<std::string> names;
        for (const Shape& (*alternative)() : shape.alternatives) {
          names.push_back(use(alternative(), direction));
        }
        return fmt::format("{}", fmt::join(names, " | "));
      }
    }
    return "unknown";
  }

  [[nodiscard]] std::string use(const Field& field, Direction direction) const {
    std::string type = use(value_shape_of(field.shape()), direction);
    const bool null = may_be_null(field, direction) && !type.ends_with(" | null");
    return null ? type + " | null" : type;
  }

  [[nodiscard]] std::string declare(const std::string& name, const Component& component) const {
    const auto& [shape, direction] = component;
    if (shape->kind == Kind::enumeration) {
      std::vector<std::string> names;
      for (const Enumerator& enumerator : shape->enumerators) {
        names.push_back(quoted(enumerator.name));
      }
      return fmt::format("export type {} = {};\n", name, fmt::join(names, " | "));
    }
    std::string out = fmt::format("{}export interface {} {{\n", comment(shape->note, ""), name);
    if (!shape->tag.empty()) {
      fmt::format_to(std::back_inserter(out), "  type{}: {};\n",
                     direction == Direction::patch ? "?" : "", quoted(shape->tag));
    }
    for (const Field& field : shape->fields) {
      fmt::format_to(std::back_inserter(out), "{}  {}{}: {};\n", comment(field.note, "  "),
                     field.name, may_be_left_out(field, direction) ? "?" : "",
                     use(field, direction));
    }
    return out + "}\n";
  }

  // A query or a path has no null.
  [[nodiscard]] std::string parameters(const Shape& shape) const {
    std::string out = "{";
    for (const Field& field : shape.fields) {
      fmt::format_to(std::back_inserter(out), " {}{}: {};", field.name,
                     may_be_left_out(field, Direction::input) ? "?" : "",
                     use(value_shape_of(field.shape()), Direction::input));
    }
    return out + " }";
  }

  [[nodiscard]] std::string path_parameters(const Operation& operation) const {
    if (operation.path_parameters != nullptr) return parameters(*operation.path_parameters);
    const auto names = path_parameter_names(operation.path);
    if (names.empty()) return "undefined";
    return fmt::format("{{ {}: string }}", fmt::join(names, ": string; "));
  }

  [[nodiscard]] std::string request(const Request& request) const {
    if (request.shape != nullptr) return use(*request.shape, direction_of(request));
    if (request.media_type.empty()) return "undefined";
    return request.media_type.starts_with("text/") ? "string" : "Blob";
  }

  // What the successful answers hold: as a whole, or event by event.
  [[nodiscard]] std::string answers(const Operation& operation, bool events) const {
    std::vector<std::string> types;
    for (const Response& response : operation.responses) {
      const bool streamed = response.media_type == kEventStreamMediaType;
      if (response.status >= 300 || streamed != events) continue;
      std::string type = "undefined";
      if (response.shape != nullptr) {
        type = use(*response.shape, Direction::output);
      } else if (!response.media_type.empty()) {
        type = response.media_type.starts_with("text/") ? "string" : "Blob";
      }
      if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
    }
    return types.empty() ? "undefined" : fmt::format("{}", fmt::join(types, " | "));
  }

  [[nodiscard]] std::string declare(const Operation& operation) const {
    return fmt::format(
        "{}  {}: {{\n"
        "    method: {};\n"
        "    path: {};\n"
        "    parameters: {};\n"
        "    query: {};\n"
        "    request: {};\n"
        "    response: {};\n"
        "    events: {};\n"
        "  }};\n",
        comment(operation.summary, "  "), quoted(operation.id), quoted(operation.method),
        quoted(operation.path), path_parameters(operation),
        operation.query == nullptr ? "undefined" : parameters(*operation.query),
        request(operation.request), answers(operation, false), answers(operation, true));
  }

  const ApiDescription& api_;
  const std::span<const EventGroup> events_;
  Components components_;
};

}  // namespace

std::string typescript(const ApiDescription& api, std::span<const EventGroup> events) {
  check_table(api);
  return Declarations(api, events).make();
}

}  // namespace antiphon::json

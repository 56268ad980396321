// JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1) of shapes.
#pragma once

#include "json/components.h"
#include "json/shape.h"
#include "json/value.h"

#include <span>
#include <string>
#include <string_view>

namespace antiphon::json {

inline constexpr std::string_view kSchemaDialect = "https://json-schema.org/draft/2020-12/schema";

// Schemas that refer to each other by `reference_prefix` and the component's name.
class SchemaWriter {
 public:
  SchemaWriter(const Components& components, std::string_view reference_prefix)
      : components_(components), reference_prefix_(reference_prefix) {}

  // Where the shape is used: a reference for what has a name.
  [[nodiscard]] Value use(const Shape& shape, Direction direction) const;
  // Where it is described.
  [[nodiscard]] Value define(const Component& component) const;
  [[nodiscard]] Object define_all() const;
  // One field of a struct: its schema with note and default.
  [[nodiscard]] Value use_field(const Shape& owner, const Field& field, Direction direction) const;

 private:
  [[nodiscard]] Value define_object(const Shape& shape, Direction direction) const;
  [[nodiscard]] Value use_variant(const Shape& shape, Direction direction) const;

  const Components& components_;
  const std::string reference_prefix_;
};

// The messages of one stream or socket in one direction; the shape is a struct with kType or a
// variant of such.
struct EventGroup {
  std::string_view name;  // "CallEvent": a type of its own in the documents
  std::string_view description;
  const Shape* shape = nullptr;
  Direction direction = Direction::output;
};

// contract/events.schema.json: a definition for each group and for each of its events.
[[nodiscard]] std::string events_schema_json(std::string_view title,
                                             std::span<const EventGroup> groups);

// A schema that stands alone, as a language model or another program wants it.
[[nodiscard]] std::string schema_json(const Shape& shape, Direction direction);

}  // namespace antiphon::json

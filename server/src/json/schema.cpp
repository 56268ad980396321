#include "json/schema.h"

#include "core/check.h"
#include "json/json.h"

#include <limits>

namespace antiphon::json {

namespace {

// Beyond 2^53 a limit means nothing to a reader that counts in doubles.
constexpr std::int64_t kWorthSayingMax = std::int64_t{1} << 53;

Value integer_schema(const Shape& shape) {
  Object schema{{"type", "integer"}};
  if (shape.integer_min > -kWorthSayingMax) schema.push_back({"minimum", shape.integer_min});
  if (shape.integer_max < kWorthSayingMax) schema.push_back({"maximum", shape.integer_max});
  return schema;
}

Value number_schema(const Shape& shape) {
  Object schema{{"type", "number"}};
  // float and double have no limit worth saying.
  constexpr double kFloatMax = std::numeric_limits<float>::max();
  if (shape.number_min > -kFloatMax) schema.push_back({"minimum", shape.number_min});
  if (shape.number_max < kFloatMax) schema.push_back({"maximum", shape.number_max});
  return schema;
}

Value text_schema(const Shape& shape) {
  Object schema{{"type", "string"}};
  if (shape.length_min > 0) schema.push_back({"minLength", shape.length_min});
  if (shape.length_max != kNoLimit) schema.push_back({"maxLength", shape.length_max});
  if (!shape.format.empty()) {
    schema.push_back({"format", shape.format});
  } else if (!shape.rule.empty()) {
    schema.push_back({"description", shape.rule});
  }
  return schema;
}

Value enumeration_schema(const Shape& shape) {
  Array names;
  for (const Enumerator& enumerator : shape.enumerators)
    names.emplace_back(enumerator.name);
  return Object{{"type", "string"}, {"enum", std::move(names)}};
}

Value or_null(Value schema) {
  Value* type = schema.find("type");
  if (type != nullptr && type->if_text() != nullptr && schema.find("enum") == nullptr) {
    *type = Array{std::move(*type), "null"};
    return schema;
  }
  return Object{{"anyOf", Array{std::move(schema), Object{{"type", "null"}}}}};
}

// What a field holds when the document leaves it out.
Value default_of(const Shape& owner, const Field& field) {
  struct Context {
    const Field& field;
    std::string text;
  } context{field, {}};
  owner.with_default(
      [](void* opaque, const void* object) {
        auto& [wanted, text] = *static_cast<Context*>(opaque);
        // get() only takes an address.
        write_to(text, wanted.shape(), wanted.get(const_cast<void*>(object)));
      },
      &context);
  auto value = parse(context.text);
  CHECK(value.has_value(), "what the writer wrote is JSON");
  return std::move(*value);
}

}  // namespace

Value SchemaWriter::use(const Shape& shape, Direction direction) const {
  switch (shape.kind) {
    case Kind::boolean:
      return Object{{"type", "boolean"}};
    case Kind::integer:
      return integer_schema(shape);
    case Kind::number:
      return number_schema(shape);
    case Kind::text:
      return text_schema(shape);
    case Kind::enumeration:
    case Kind::object:
      return Object{{"$ref", reference_prefix_ + components_.name_of(shape, direction)}};
    case Kind::optional:
    case Kind::nullable:
      return or_null(use(shape.inner(), direction));
    case Kind::wrapped:
      return use(shape.inner(), direction);
    case Kind::list: {
      Object schema{{"type", "array"},
                    {"items", use(shape.inner(), direction_inside(shape, direction))}};
      if (shape.size_min > 0) schema.push_back({"minItems", shape.size_min});
      schema.push_back({"maxItems", shape.size_max});
      return schema;
    }
    case Kind::map: {
      Value inside = use(shape.inner(), direction);
      if (direction == Direction::patch) inside = or_null(std::move(inside));
      return Object{{"type", "object"},
                    {"additionalProperties", std::move(inside)},
                    {"propertyNames", Object{{"minLength", 1}, {"maxLength", kMapKeyMax}}},
                    {"maxProperties", shape.size_max}};
    }
    case Kind::free_object:
      return Object{{"type", "object"},
                    {"additionalProperties", true},
                    {"description", "At most " + std::to_string(shape.length_max) + " bytes."}};
    case Kind::variant:
      return use_variant(shape, direction);
  }
  return nullptr;
}

Value SchemaWriter::use_variant(const Shape& shape, Direction direction) const {
  Array alternatives;
  Object mapping;
  for (const Shape& (*get)() : shape.alternatives) {
    const Shape& alternative = get();
    alternatives.push_back(use(alternative, direction));
    mapping.push_back({std::string(alternative.tag),
                       reference_prefix_ + components_.name_of(alternative, direction)});
  }
  // A patch need not repeat the type, so it may fit more than one.
  if (direction == Direction::patch) return Object{{"anyOf", std::move(alternatives)}};
  return Object{
      {"oneOf", std::move(alternatives)},
      {"discriminator", Object{{"propertyName", "type"}, {"mapping", std::move(mapping)}}}};
}

Value SchemaWriter::use_field(const Shape& owner, const Field& field, Direction direction) const {
  Value schema = use(value_shape_of(field.shape()), direction);
  if (may_be_null(field, direction)) schema = or_null(std::move(schema));
  Object& members = *schema.if_object();
  if (!field.note.empty()) {
    if (Value* description = schema.find("description")) {
      *description = std::string(field.note) + " " + *description->if_text();
    } else {
      members.push_back({"description", field.note});
    }
  }
  if (direction == Direction::input && field.presence == Presence::defaulted) {
    members.push_back({"default", default_of(owner, field)});
  }
  return schema;
}

Value SchemaWriter::define_object(const Shape& shape, Direction direction) const {
  Object properties;
  Array required;
  if (!shape.tag.empty()) {
    properties.push_back({"type", Object{{"type", "string"}, {"const", shape.tag}}});
    if (direction != Direction::patch) required.emplace_back("type");
  }
  for (const Field& field : shape.fields) {
    properties.push_back({std::string(field.name), use_field(shape, field, direction)});
    if (!may_be_left_out(field, direction)) required.emplace_back(field.name);
  }
  Object schema{{"type", "object"}};
  if (!shape.note.empty()) schema.push_back({"description", shape.note});
  schema.push_back({"properties", std::move(properties)});
  if (!required.empty()) schema.push_back({"required", std::move(required)});
  schema.push_back({"additionalProperties", false});
  return schema;
}

Value SchemaWriter::define(const Component& component) const {
  if (component.shape->kind == Kind::enumeration) return enumeration_schema(*component.shape);
  return define_object(*component.shape, component.direction);
}

Object SchemaWriter::define_all() const {
  Object definitions;
  for (const auto& [name, component] : components_.all()) {
    definitions.push_back({name, define(component)});
  }
  return definitions;
}

std::string events_schema_json(std::string_view title, std::span<const EventGroup> groups) {
  Components components;
  for (const EventGroup& group : groups)
    components.add(*group.shape, group.direction);
  const SchemaWriter writer(components, "#/$defs/");
  Object definitions;
  Array any;
  for (const EventGroup& group : groups) {
    Value schema = writer.use(*group.shape, group.direction);
    schema.if_object()->push_back({"description", group.description});
    CHECK(!components.all().contains(std::string(group.name)), "a group has a name of its own");
    definitions.push_back({std::string(group.name), std::move(schema)});
    any.push_back(Object{{"$ref", "#/$defs/" + std::string(group.name)}});
  }
  for (Member& member : writer.define_all())
    definitions.push_back(std::move(member));
  return write_pretty(Object{{"$schema", kSchemaDialect},
                             {"title", title},
                             {"anyOf", std::move(any)},
                             {"$defs", std::move(definitions)}});
}

std::string schema_json(const Shape& shape, Direction direction) {
  Components components;
  components.add(shape, direction);
  const SchemaWriter writer(components, "#/$defs/");
  Value schema = writer.use(shape, direction);
  schema.if_object()->push_back({"$defs", writer.define_all()});
  return write(schema);
}

}  // namespace antiphon::json

// Walks a document and the shape it must have side by side, and gathers everything that is wrong.
#include "core/bounded.h"
#include "json/json.h"
#include "json/rules.h"
#include "json/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace antiphon::json {

namespace {

// Largest integer up to which every integer is a double (2^53).
constexpr double kExactMax = 9007199254740992.0;

std::optional<std::int64_t> integer_of(const Value& value) {
  if (const std::int64_t* integer = value.if_integer()) return *integer;
  // JSON has one kind of number: 3.0 is the integer 3.
  const double* number = value.if_double();
  if (number == nullptr || std::abs(*number) > kExactMax || std::trunc(*number) != *number) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

std::optional<double> number_of(const Value& value) {
  if (const double* number = value.if_double()) return *number;
  if (const std::int64_t* integer = value.if_integer()) return static_cast<double>(*integer);
  return std::nullopt;
}

bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// PostgreSQL's jsonb cannot hold one.
bool has_nul(const Value& value) {
  if (const std::string* text = value.if_text()) return holds_nul(*text);
  if (const Array* array = value.if_array()) return std::ranges::any_of(*array, has_nul);
  const Object* object = value.if_object();
  return object != nullptr && std::ranges::any_of(*object, [](const Member& member) {
           return holds_nul(member.key) || has_nul(member.value);
         });
}

std::string choice_rule(const std::vector<std::string_view>& names) {
  return fmt::format("must be {}{}", names.size() == 1 ? "" : "one of ", fmt::join(names, ", "));
}

// Where the reader is, as a chain on its own stack: a pointer is only written out for an error.
struct Place {
  const Place* above = nullptr;
  std::string_view name = {};
  std::size_t index = 0;
};

std::string pointer_of(const Place& place) {
  if (place.above == nullptr) return "";
  const std::string above = pointer_of(*place.above);
  return place.name.data() != nullptr ? pointer_to(above, place.name)
                                      : pointer_to(above, std::to_string(place.index));
}

class Reader {
 public:
  explicit Reader(UnknownFields unknown) : unknown_(unknown) {}

  void read(const Shape& shape, Value& value, void* object, const Place& place) {
    switch (shape.kind) {
      case Kind::boolean:
        return read_boolean(shape, value, object, place);
      case Kind::integer:
        return read_integer(shape, value, object, place);
      case Kind::number:
        return read_number(shape, value, object, place);
      case Kind::text:
        return read_string(shape, value, object, place);
      case Kind::enumeration:
        return read_enumeration(shape, value, object, place);
      case Kind::optional:
      case Kind::nullable:
        if (value.is_null()) return shape.reset(object);
        return read(shape.inner(), value, shape.emplace(object), place);
      case Kind::wrapped:
        return read(shape.inner(), value, shape.emplace(object), place);
      case Kind::list:
        return read_list(shape, value, object, place);
      case Kind::map:
        return read_map(shape, value, object, place);
      case Kind::free_object:
        return read_free_object(shape, value, object, place);
      case Kind::object:
        return read_object(shape, value, object, place);
      case Kind::variant:
        return read_variant(shape, value, object, place);
    }
  }

  Result<> finish() {
    if (issues_.empty()) return {};
    return failure(ErrorCode::invalid_argument, "the input has fields that are refused",
                   std::move(issues_));
  }

 private:
  void refuse(const Place& place, std::string message) {
    if (issues_.size() < kIssuesMax) issues_.push_back({pointer_of(place), std::move(message)});
  }

  void read_boolean(const Shape& shape, const Value& value, void* object, const Place& place) {
    const bool* boolean = value.if_bool();
    if (boolean == nullptr) return refuse(place, "must be true or false");
    shape.store_boolean(object, *boolean);
  }

  void read_integer(const Shape& shape, const Value& value, void* object, const Place& place) {
    const auto integer = integer_of(value);
    if (!integer || *integer < shape.integer_min || *integer > shape.integer_max) {
      return refuse(place, integer_rule(shape.integer_min, shape.integer_max));
    }
    shape.store_integer(object, *integer);
  }

  void read_number(const Shape& shape, const Value& value, void* object, const Place& place) {
    const auto number = number_of(value);
    if (!number || !(*number >= shape.number_min && *number <= shape.number_max)) {
      return refuse(place, number_rule(shape.number_min, shape.number_max));
    }
    shape.store_number(object, *number);
  }

  void read_string(const Shape& shape, Value& value, void* object, const Place& place) {
    std::string fault;
    std::string* text = value.if_text();
    if (text != nullptr && shape.store_text(object, std::move(*text), fault)) return;
    refuse(place, fault.empty() ? rule_of(shape) : std::move(fault));
  }

  void read_enumeration(const Shape& shape, const Value& value, void* object, const Place& place) {
    const std::string* text = value.if_text();
    for (const Enumerator& enumerator : shape.enumerators) {
      if (text != nullptr && enumerator.name == *text) {
        return shape.store_integer(object, enumerator.value);
      }
    }
    std::vector<std::string_view> names;
    for (const Enumerator& enumerator : shape.enumerators)
      names.push_back(enumerator.name);
    refuse(place, choice_rule(names));
  }

  void read_list(const Shape& shape, Value& value, void* object, const Place& place) {
    Array* items = value.if_array();
    if (items == nullptr || items->size() < shape.size_min || items->size() > shape.size_max) {
      return refuse(place, list_rule(shape.size_min, shape.size_max));
    }
    struct Context {
      Reader& reader;
      const Shape& inner;
      Array& items;
      const Place& place;
    } context{*this, shape.inner(), *items, place};
    shape.fill_items(
        object, items->size(),
        [](void* opaque, std::size_t index, void* item) {
          const auto& [reader, inner, values, above] = *static_cast<Context*>(opaque);
          reader.read(inner, values[index], item, {.above = &above, .index = index});
        },
        &context);
  }

  void read_map(const Shape& shape, Value& value, void* object, const Place& place) {
    Object* members = value.if_object();
    if (members == nullptr) return refuse(place, "must be an object");
    if (members->size() > shape.size_max) {
      return refuse(place, fmt::format("must have at most {} members", shape.size_max));
    }
    for (Member& member : *members) {
      const Place inside{.above = &place, .name = member.key};
      if (text_fault(member.key, 1, kMapKeyMax)) {
        refuse(inside, fmt::format("must have a name of 1 to {} characters", kMapKeyMax));
        continue;
      }
      read(shape.inner(), member.value, shape.emplace_entry(object, std::string(member.key)),
           inside);
    }
  }

  void read_free_object(const Shape& shape, const Value& value, void* object, const Place& place) {
    if (value.if_object() == nullptr) return refuse(place, "must be an object");
    if (has_nul(value)) return refuse(place, "must not contain a NUL character");
    std::string fault;
    if (!shape.store_text(object, write(value), fault)) refuse(place, std::move(fault));
  }

  void read_object(const Shape& shape, Value& value, void* object, const Place& place) {
    Object* members = value.if_object();
    if (members == nullptr) return refuse(place, "must be an object");
    std::uint64_t seen = 0;
    bool tag_seen = false;
    for (Member& member : *members) {
      const Place inside{.above = &place, .name = member.key};
      if (!shape.tag.empty() && member.key == "type") {
        tag_seen = true;
        read_tag(shape, member.value, inside);
        continue;
      }
      const auto field = std::ranges::find(shape.fields, member.key, &Field::name);
      if (field == shape.fields.end()) {
        if (unknown_ == UnknownFields::refuse) refuse(inside, "is not a known field");
        continue;
      }
      if (field->presence == Presence::defaulted && member.value.is_null() &&
          field->shape().kind != Kind::nullable) {
        seen |= bit_of(shape, *field);
        continue;
      }
      seen |= bit_of(shape, *field);
      read(field->shape(), member.value, field->get(object), inside);
    }
    if (!shape.tag.empty() && !tag_seen) {
      refuse({.above = &place, .name = "type"}, "is required");
    }
    for (const Field& field : shape.fields) {
      if (field.presence == Presence::required && (seen & bit_of(shape, field)) == 0) {
        refuse({.above = &place, .name = field.name}, "is required");
      }
    }
  }

  static std::uint64_t bit_of(const Shape& shape, const Field& field) {
    return std::uint64_t{1} << static_cast<std::size_t>(&field - shape.fields.data());
  }

  void read_tag(const Shape& shape, const Value& value, const Place& place) {
    const std::string* text = value.if_text();
    if (text == nullptr || *text != shape.tag) refuse(place, choice_rule({shape.tag}));
  }

  void read_variant(const Shape& shape, Value& value, void* object, const Place& place) {
    if (value.if_object() == nullptr) return refuse(place, "must be an object");
    const Place inside{.above = &place, .name = "type"};
    const Value* type = value.find("type");
    if (type == nullptr) return refuse(inside, "is required");
    const std::string* text = type->if_text();
    std::vector<std::string_view> names;
    for (std::size_t index = 0; index < shape.alternatives.size(); ++index) {
      const Shape& alternative = shape.alternatives[index]();
      if (text != nullptr && alternative.tag == *text) {
        return read(alternative, value, shape.emplace_alternative(object, index), place);
      }
      names.push_back(alternative.tag);
    }
    refuse(inside, choice_rule(names));
  }

  const UnknownFields unknown_;
  std::vector<FieldError> issues_;
};

// What a query string says about one field, as the document it stands for.
Value value_of_query(const Shape& shape, std::string_view text) {
  switch (shape.kind) {
    case Kind::optional:
    case Kind::nullable:
    case Kind::wrapped:
      return value_of_query(shape.inner(), text);
    case Kind::boolean:
      if (text == "true") return true;
      if (text == "false") return false;
      break;
    case Kind::integer:
    case Kind::number: {
      auto number = parse(text);
      if (number && (number->if_integer() != nullptr || number->if_double() != nullptr)) {
        return std::move(*number);
      }
      break;
    }
    default:
      break;
  }
  return text;
}

bool is_list(const Shape& shape) {
  if (shape.kind == Kind::list) return true;
  return shape.kind == Kind::optional && is_list(shape.inner());
}

const Shape& item_of(const Shape& shape) {
  return shape.kind == Kind::list ? shape.inner() : item_of(shape.inner());
}

}  // namespace

std::string rule_of(const Shape& text_shape) {
  if (!text_shape.rule.empty()) return std::string(text_shape.rule);
  return text_rule(text_shape.length_min, text_shape.length_max);
}

Result<> read_value(const Shape& shape, Value&& value, UnknownFields unknown, void* object) {
  Reader reader(unknown);
  reader.read(shape, value, object, Place{});
  return reader.finish();
}

Result<> read_text(const Shape& shape, std::string_view text, UnknownFields unknown, void* object) {
  auto value = parse(text);
  if (!value) return std::unexpected(std::move(value.error()));
  return read_value(shape, std::move(*value), unknown, object);
}

Result<> read_patch(const Shape& shape, const void* current, std::string_view patch, void* object) {
  auto changes = parse(patch);
  if (!changes) return std::unexpected(std::move(changes.error()));
  if (changes->if_object() == nullptr) return refused("must be an object");
  std::string before;
  write_to(before, shape, current);
  auto document = parse(before);
  if (!document) {
    return failure(ErrorCode::internal, "the stored document cannot be read back");
  }
  merge_into(*document, std::move(*changes));
  return read_value(shape, std::move(*document), UnknownFields::refuse, object);
}

Result<> read_query(const Shape& shape, std::span<const QueryParameter> parameters, void* object) {
  Object members;
  std::vector<FieldError> repeated;
  for (const QueryParameter& parameter : parameters) {
    const auto field = std::ranges::find(shape.fields, parameter.name, &Field::name);
    const bool list = field != shape.fields.end() && is_list(field->shape());
    Value value = list ? value_of_query(item_of(field->shape()), parameter.value)
                  : field != shape.fields.end() ? value_of_query(field->shape(), parameter.value)
                                                : Value(parameter.value);
    const auto before = std::ranges::find(members, parameter.name, &Member::key);
    if (before == members.end()) {
      if (list) value = Array{std::move(value)};
      members.push_back({parameter.name, std::move(value)});
    } else if (list) {
      before->value.if_array()->push_back(std::move(value));
    } else if (repeated.size() < kIssuesMax) {
      repeated.push_back({pointer_to("", parameter.name), "must appear only once"});
    }
  }
  if (!repeated.empty()) {
    return failure(ErrorCode::invalid_argument, "the input has fields that are refused",
                   std::move(repeated));
  }
  return read_value(shape, std::move(members), UnknownFields::refuse, object);
}

}  // namespace antiphon::json

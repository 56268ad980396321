#include "json/schema_check.h"

#include "core/utf8.h"
#include "core/uuid.h"
#include "json/rfc3339.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace antiphon::json {

namespace {

using std::string_view;

constexpr std::array<string_view, 7> kTypes{"object",  "array",   "string", "number",
                                            "integer", "boolean", "null"};
constexpr std::array<string_view, 6> kFormats{"date", "time", "date-time", "email", "uri", "uuid"};
constexpr std::array<string_view, 5> kReadOver{"title", "description", "default", "examples",
                                               "$schema"};
constexpr std::array<string_view, 5> kNumbers{"minimum", "maximum", "exclusiveMinimum",
                                              "exclusiveMaximum", "multipleOf"};
constexpr std::array<string_view, 4> kCounts{"minLength", "maxLength", "minItems", "maxItems"};

template <std::size_t Size>
bool is_among(const std::array<string_view, Size>& names, string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::optional<double> number_of(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* integer = value->if_integer()) return static_cast<double>(*integer);
  if (const auto* number = value->if_double()) return *number;
  return std::nullopt;
}

class SchemaReader {
 public:
  std::vector<FieldError> wrong;

  void read(const Value& schema, const std::string& at, std::size_t depth) {
    if (wrong.size() >= kFaultsMax) return;
    if (++nodes_ > kSchemaNodesMax || depth > kSchemaDepthMax) {
      return note(at, fmt::format("has more than {} levels or {} schemas", kSchemaDepthMax,
                                  kSchemaNodesMax));
    }
    const Object* const members = schema.if_object();
    if (members == nullptr) return note(at, "must be a schema: an object");
    for (const Member& member : *members)
      keyword(member, pointer_to(at, member.key), depth);
    check_required(schema, at);
  }

 private:
  void note(const std::string& at, std::string fault) { wrong.push_back({at, std::move(fault)}); }

  void expect(bool holds, const std::string& at, string_view fault) {
    if (!holds) note(at, std::string(fault));
  }

  void keyword(const Member& member, const std::string& at, std::size_t depth) {
    const string_view key = member.key;
    const Value& value = member.value;
    if (is_among(kReadOver, key)) return;
    if (key == "type") return read_type(value, at);
    if (key == "properties") return read_properties(value, at, depth);
    if (key == "items") return read(value, at, depth + 1);
    if (key == "const") return;
    if (key == "enum") {
      return expect(value.if_array() != nullptr && !value.if_array()->empty(), at,
                    "must be a list of values");
    }
    if (key == "required") return read_names(value, at);
    if (key == "additionalProperties") {
      return expect(value.if_bool() != nullptr, at, "must be true or false");
    }
    if (key == "format") {
      const std::string* const format = value.if_text();
      return expect(format != nullptr && is_among(kFormats, *format), at,
                    "must be date, time, date-time, email, uri or uuid");
    }
    if (is_among(kNumbers, key)) {
      const auto number = number_of(&value);
      return expect(number && (key != "multipleOf" || *number > 0), at, "must be a number");
    }
    if (is_among(kCounts, key)) {
      return expect(value.if_integer() != nullptr && *value.if_integer() >= 0, at,
                    "must be a number from 0");
    }
    note(at, "is a keyword that is not checked here; leave it out");
  }

  void read_type(const Value& value, const std::string& at) {
    const auto known = [](const Value& type) {
      return type.if_text() != nullptr && is_among(kTypes, *type.if_text());
    };
    const Array* const several = value.if_array();
    const bool holds = several != nullptr
                           ? !several->empty() && std::ranges::all_of(*several, known)
                           : known(value);
    expect(holds, at, "must be a type of JSON, or a list of them");
  }

  void read_properties(const Value& value, const std::string& at, std::size_t depth) {
    const Object* const members = value.if_object();
    if (members == nullptr) return note(at, "must be an object of schemas");
    for (const Member& member : *members)
      read(member.value, pointer_to(at, member.key), depth + 1);
  }

  void read_names(const Value& value, const std::string& at) {
    const Array* const names = value.if_array();
    const bool holds = names != nullptr && std::ranges::all_of(*names, [](const Value& name) {
                         return name.if_text() != nullptr;
                       });
    expect(holds, at, "must be a list of names");
  }

  // A name that nothing describes is a slip of the pen.
  void check_required(const Value& schema, const std::string& at) {
    const Value* const required = schema.find("required");
    const Value* const properties = schema.find("properties");
    if (required == nullptr || required->if_array() == nullptr) return;
    for (const Value& name : *required->if_array()) {
      const std::string* const text = name.if_text();
      if (text == nullptr) continue;
      if (properties == nullptr || properties->find(*text) == nullptr) {
        note(at + "/required", fmt::format("names \"{}\", which is no property", *text));
      }
    }
  }

  std::size_t nodes_ = 0;
};

bool is_of_type(const Value& value, string_view type) {
  if (type == "object") return value.if_object() != nullptr;
  if (type == "array") return value.if_array() != nullptr;
  if (type == "string") return value.if_text() != nullptr;
  if (type == "boolean") return value.if_bool() != nullptr;
  if (type == "null") return value.is_null();
  const auto number = number_of(&value);
  return number && (type == "number" || std::trunc(*number) == *number);
}

bool same(const Value& one, const Value& other) {
  const auto number = number_of(&one);
  return number ? number == number_of(&other) : one == other;
}

bool has_format(const std::string& text, string_view format) {
  if (format == "date-time") return parse_rfc3339(text).has_value();
  if (format == "date") return parse_rfc3339(text + "T00:00:00Z").has_value();
  if (format == "time") {
    const std::string whole = "2000-01-01T" + text;
    const std::string with_seconds = text.size() == 5 ? whole + ":00Z" : whole + "Z";
    return parse_rfc3339(whole).has_value() || parse_rfc3339(with_seconds).has_value();
  }
  if (format == "uuid") return Uuid::parse(text).has_value();
  const bool has_space = std::ranges::any_of(text, [](unsigned char c) { return c <= ' '; });
  if (format == "uri") return !has_space && text.find("://") != std::string::npos;
  const auto at = text.find('@');
  return !has_space && at != std::string::npos && at > 0 && at == text.rfind('@') &&
         text.find('.', at) != std::string::npos && !text.ends_with('.');
}

class ValueReader {
 public:
  std::vector<FieldError> wrong;

  void read(const Value& value, const Value& schema, const std::string& at) {
    if (wrong.size() >= kFaultsMax) return;
    if (!check_type(value, schema, at)) return;
    check_choice(value, schema, at);
    if (const auto number = number_of(&value)) check_number(*number, schema, at);
    if (const std::string* text = value.if_text()) check_text(*text, schema, at);
    if (const Array* items = value.if_array()) check_items(*items, schema, at);
    if (value.if_object() != nullptr) check_members(value, schema, at);
  }

 private:
  void note(const std::string& at, std::string fault) { wrong.push_back({at, std::move(fault)}); }

  bool check_type(const Value& value, const Value& schema, const std::string& at) {
    const Value* const type = schema.find("type");
    if (type == nullptr) return true;
    if (const std::string* one = type->if_text()) {
      if (is_of_type(value, *one)) return true;
      note(at, fmt::format("must be of type {}", *one));
      return false;
    }
    std::string names;
    for (const Value& one : *type->if_array()) {
      if (is_of_type(value, *one.if_text())) return true;
      names += (names.empty() ? "" : " or ") + *one.if_text();
    }
    note(at, "must be of type " + names);
    return false;
  }

  void check_choice(const Value& value, const Value& schema, const std::string& at) {
    if (const Value* only = schema.find("const"); only != nullptr && !same(value, *only)) {
      note(at, "must be " + write(*only));
    }
    const Value* const choices = schema.find("enum");
    if (choices == nullptr) return;
    const auto is_it = [&value](const Value& choice) { return same(value, choice); };
    if (!std::ranges::any_of(*choices->if_array(), is_it)) {
      note(at, "must be one of " + write(*choices));
    }
  }

  void check_number(double number, const Value& schema, const std::string& at) {
    const auto limit = [&schema](string_view name) { return number_of(schema.find(name)); };
    if (const auto least = limit("minimum"); least && number < *least)
      note(at, fmt::format("must be at least {}", *least));
    if (const auto most = limit("maximum"); most && number > *most)
      note(at, fmt::format("must be at most {}", *most));
    if (const auto least = limit("exclusiveMinimum"); least && number <= *least)
      note(at, fmt::format("must be more than {}", *least));
    if (const auto most = limit("exclusiveMaximum"); most && number >= *most)
      note(at, fmt::format("must be less than {}", *most));
    if (const auto step = limit("multipleOf")) {
      const double steps = number / *step;
      if (std::abs(steps - std::round(steps)) > 1e-9)
        note(at, fmt::format("must be a multiple of {}", *step));
    }
  }

  void check_size(std::size_t size, const Value& schema, const std::string& at,
                  std::array<string_view, 2> names, string_view unit) {
    const auto least = number_of(schema.find(names[0]));
    const auto most = number_of(schema.find(names[1]));
    if (least && static_cast<double>(size) < *least)
      note(at, fmt::format("must have at least {} {}", *least, unit));
    if (most && static_cast<double>(size) > *most)
      note(at, fmt::format("must have at most {} {}", *most, unit));
  }

  void check_text(const std::string& text, const Value& schema, const std::string& at) {
    check_size(utf8_length(text), schema, at, {"minLength", "maxLength"}, "characters");
    const Value* const format = schema.find("format");
    if (format != nullptr && !has_format(text, *format->if_text())) {
      note(at, "must have the form of " + *format->if_text());
    }
  }

  void check_items(const Array& items, const Value& schema, const std::string& at) {
    check_size(items.size(), schema, at, {"minItems", "maxItems"}, "items");
    const Value* const each = schema.find("items");
    if (each == nullptr) return;
    for (std::size_t index = 0; index < items.size() && wrong.size() < kFaultsMax; ++index)
      read(items[index], *each, fmt::format("{}/{}", at, index));
  }

  void check_members(const Value& value, const Value& schema, const std::string& at) {
    if (const Value* required = schema.find("required")) {
      for (const Value& name : *required->if_array()) {
        if (value.find(*name.if_text()) == nullptr)
          note(pointer_to(at, *name.if_text()), "is missing");
      }
    }
    const Value* const properties = schema.find("properties");
    const Value* const others = schema.find("additionalProperties");
    const bool is_closed = others != nullptr && !*others->if_bool();
    for (const Member& member : *value.if_object()) {
      const Value* const known = properties == nullptr ? nullptr : properties->find(member.key);
      const std::string here = pointer_to(at, member.key);
      if (known != nullptr) {
        read(member.value, *known, here);
      } else if (is_closed) {
        note(here, "is not known");
      }
    }
  }
};

}  // namespace

Result<> check_schema(const Value& schema) {
  SchemaReader reader;
  reader.read(schema, "", 1);
  if (reader.wrong.empty()) return {};
  return failure(ErrorCode::invalid_argument, "the schema holds what is not checked here",
                 std::move(reader.wrong));
}

std::vector<FieldError> faults_of(const Value& value, const Value& schema) {
  ValueReader reader;
  reader.read(value, schema, "");
  return std::move(reader.wrong);
}

}  // namespace antiphon::json

// The contract: what a C++ struct is in JSON. Light to include; json/codec.h makes the tables, in
// .cpp files only.
//
//   struct AgentInput {                             // in a domain or api header, described:
//     Text<1, 120> name;                            //   required
//     std::optional<Text<0, 500>> greeting;         //   may be left out: empty
//     VoiceConfiguration voice;                     //   may be left out: its default initialisers
//     static constexpr std::string_view kOptionalFields[] = {"voice"};  // {"*"}: every field
//   };
//   BOOST_DESCRIBE_STRUCT(AgentInput, (), (name, greeting, voice))
//
//   ANTIPHON_JSON_CODEC(AgentInput)                 // in one .cpp that includes json/codec.h
//
//   Result<AgentInput> input = from_json<AgentInput>(body);
//   std::string text = to_json(*input);
//   Result<AgentInput> changed = merge_patch(*input, R"({"greeting":null})");
//
// Input   names are those of the struct without a trailing underscore; enums by name; ids and Uuid
//         as text; WallTime as RFC 3339; chrono durations as an integer of their unit. A null for
//         a std::optional or defaulted field is the same as leaving it out.
// Errors  protocol_error: no JSON. invalid_argument: every wrong field at once (at most
//         kIssuesMax), each with its JSON pointer; fields nobody knows are refused by name unless
//         they are to be ignored.
// Thread  any.
// Source  RFC 8259, 6901 (pointer), 7396 (merge patch), 3339 (time).
#pragma once

#include "core/result.h"
#include "json/shape.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

// Ours are refused; a provider's answer may grow fields we do not know.
enum class UnknownFields : std::uint8_t { refuse, ignore };

// One name and value of a query string, decoded.
struct QueryParameter {
  std::string name;
  std::string value;
};

namespace json {

class Value;

Result<> read_text(const Shape& shape, std::string_view text, UnknownFields unknown, void* object);
Result<> read_value(const Shape& shape, Value&& value, UnknownFields unknown, void* object);
Result<> read_patch(const Shape& shape, const void* current, std::string_view patch, void* object);
Result<> read_query(const Shape& shape, std::span<const QueryParameter> parameters, void* object);
void write_to(std::string& out, const Shape& shape, const void* object);

}  // namespace json

// Defined in json/codec.h and instantiated by ANTIPHON_JSON_CODEC.
template <class T>
[[nodiscard]] const json::Shape& shape_of();

template <class T>
[[nodiscard]] Result<T> from_json(std::string_view text,
                                  UnknownFields unknown = UnknownFields::refuse) {
  T object{};
  if (auto read = json::read_text(shape_of<T>(), text, unknown, &object); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return object;
}

// RFC 7396: `patch` over `current`, and the whole validated again.
template <class T>
[[nodiscard]] Result<T> merge_patch(const T& current, std::string_view patch) {
  T object{};
  if (auto read = json::read_patch(shape_of<T>(), &current, patch, &object); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return object;
}

// A described struct from a query string: scalars by their text, a list from a name given several
// times.
template <class T>
[[nodiscard]] Result<T> from_query(std::span<const QueryParameter> parameters) {
  T object{};
  if (auto read = json::read_query(shape_of<T>(), parameters, &object); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return object;
}

template <class T>
void append_json(std::string& out, const T& object) {
  json::write_to(out, shape_of<T>(), &object);
}

template <class T>
[[nodiscard]] std::string to_json(const T& object) {
  std::string out;
  append_json(out, object);
  return out;
}

}  // namespace antiphon

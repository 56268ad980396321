// A JSON document in memory, for what has no struct: schemas, objects of other people, merge
// patches. Light to include; the parser behind it is Boost.JSON's.
//
// Limits  depth kDepthMax; the length is the caller's to bound, a document takes up to 20 times its
//         text. Integers beyond 64 bits become doubles; a number beyond a double is refused.
// Errors  parse: protocol_error when the text is no JSON (empty, syntax, UTF-8, depth, trailing
//         bytes), invalid_argument when it is JSON that we refuse (a key twice, a number too
//         large), all at once.
// Thread  any; a value belongs to one.
// Source  RFC 8259, RFC 6901 (pointers).
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace antiphon::json {

inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kIssuesMax = 100;

struct Member;
class Value;
using Array = std::vector<Value>;
// In the order of the text; keys are unique after parse().
using Object = std::vector<Member>;

class Value {
 public:
  // Defined in value.cpp: a Member holds a Value, so both types must be complete first.
  Value();  // null
  Value(std::nullptr_t);
  Value(bool value);
  Value(std::int64_t value);
  Value(int value);
  Value(std::size_t value);
  Value(double value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(Array value);
  Value(Object value);
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Null when the value is of another kind.
  [[nodiscard]] const bool* if_bool() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* if_integer() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* if_double() const { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* if_text() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] std::string* if_text() { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* if_array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] Array* if_array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* if_object() const { return std::get_if<Object>(&data_); }
  [[nodiscard]] Object* if_object() { return std::get_if<Object>(&data_); }
  // The member of that name, or null: also when this is no object.
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(std::string_view key);

  bool operator==(const Value&) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

struct Member {
  std::string key;
  Value value;
  bool operator==(const Member&) const = default;
};

[[nodiscard]] Result<Value> parse(std::string_view text);

// Compact; numbers in their shortest form that reads back the same; a number that is not finite as
// null.
[[nodiscard]] std::string write(const Value& value);
// Two spaces, one member a line, a line feed at the end: for files under version control.
[[nodiscard]] std::string write_pretty(const Value& value);

void append_text(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, double number);

// RFC 7396: members of `patch` replace, null removes, objects merge.
void merge_into(Value& target, Value patch);

// `pointer` plus one step, escaped; a step of more than 80 bytes is cut, it may be anything.
[[nodiscard]] std::string pointer_to(std::string_view pointer, std::string_view step);

}  // namespace antiphon::json

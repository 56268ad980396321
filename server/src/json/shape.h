// What a C++ type looks like in JSON: a table of its parts and of how to reach them, made at
// compile time by json/codec.h. Parser, writer, schema and TypeScript are ordinary code that walks
// it: a codec costs its own table to compile and nothing else.
//
// Objects are passed as void* to a value of the type the shape was made for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace antiphon::json {

enum class Kind : std::uint8_t {
  boolean,
  integer,      // every integral type, Strong of one, Integer<>, milliseconds, seconds
  number,       // double, float, Number<>
  text,         // std::string, Text<>, Uuid, ids, WallTime, types with make(std::string)
  enumeration,  // a described enum, by name
  optional,     // std::optional: may be left out
  nullable,     // Nullable: present, may be null
  wrapped,      // Sensitive: the value itself
  list,         // std::vector, List<>
  map,          // std::map<std::string, T>
  free_object,  // JsonObject<>: kept as text
  object,       // a described struct
  variant,      // std::variant of described structs with a kType each
};

struct Shape;

struct Enumerator {
  std::string_view name;
  std::int64_t value;
};

// Whether a document may leave the field out, and what it is then.
enum class Presence : std::uint8_t {
  required,
  optional,   // std::optional: empty then
  defaulted,  // named in kOptionalFields: keeps its default member initialiser
};

struct Field {
  std::string_view name;
  const Shape& (*shape)();
  void* (*get)(void* object);
  Presence presence;
  std::string_view note;
};

using Visit = void (*)(void* context, const void* value);
using FillItem = void (*)(void* context, std::size_t index, void* item);
using VisitEntry = void (*)(void* context, std::string_view key, const void* value);

inline constexpr std::size_t kFieldsMax = 64;  // of one struct
inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
// What a plain std::vector or std::map may hold when it is read; List<> states its own.
inline constexpr std::size_t kItemsMax = 10'000;
inline constexpr std::size_t kMapKeyMax = 120;  // characters

struct Shape {
  Kind kind;
  std::string_view type_name = {};  // as the compiler prints it; objects and enumerations
  std::string_view note = {};

  bool (*load_boolean)(const void*) = nullptr;
  void (*store_boolean)(void*, bool) = nullptr;

  // integer, enumeration
  std::int64_t (*load_integer)(const void*) = nullptr;
  void (*store_integer)(void*, std::int64_t) = nullptr;
  std::int64_t integer_min = std::numeric_limits<std::int64_t>::min();
  std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
  std::span<const Enumerator> enumerators = {};

  double (*load_number)(const void*) = nullptr;
  void (*store_number)(void*, double) = nullptr;
  double number_min = std::numeric_limits<double>::lowest();
  double number_max = std::numeric_limits<double>::max();

  // text, free_object. view may hold what it returns in `scratch`; store may leave a reason.
  std::string_view (*view_text)(const void*, std::string& scratch) = nullptr;
  bool (*store_text)(void*, std::string&& text, std::string& fault) = nullptr;
  std::size_t length_min = 0;
  std::size_t length_max = kNoLimit;  // characters; bytes of a free object
  std::string_view format = {};       // as in JSON Schema: uuid, date-time
  std::string_view rule = {};         // "must be …" when the lengths do not say it

  // optional, nullable, wrapped, list, map: what is inside
  const Shape& (*inner)() = nullptr;
  const void* (*held)(const void*) = nullptr;  // null when empty
  void* (*emplace)(void*) = nullptr;
  void (*reset)(void*) = nullptr;

  // list, map
  std::size_t size_min = 0;
  std::size_t size_max = kNoLimit;
  void (*each_item)(const void*, Visit, void* context) = nullptr;
  // Replaces the items by `count` new ones, each filled by `fill`.
  void (*fill_items)(void*, std::size_t count, FillItem fill, void* context) = nullptr;
  void (*each_entry)(const void*, VisitEntry, void* context) = nullptr;
  void* (*emplace_entry)(void*, std::string&& key) = nullptr;

  // object
  std::span<const Field> fields = {};
  std::string_view tag = {};  // kType: written first as "type" and required there
  void (*with_default)(Visit, void* context) = nullptr;

  // variant
  std::span<const Shape& (*const)()> alternatives = {};
  std::size_t (*index)(const void*) = nullptr;
  const void* (*active)(const void*) = nullptr;
  void* (*emplace_alternative)(void*, std::size_t) = nullptr;
};

}  // namespace antiphon::json

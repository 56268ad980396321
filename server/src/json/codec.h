// Makes the Shape of a type from its Boost.Describe description. For the .cpp file that holds the
// codecs, and for tests; everybody else includes json/json.h, which shows how a struct is written.
//
//   struct ToolCalled {
//     static constexpr std::string_view kType = "tool.called";    // "type":"tool.called", first
//     static constexpr FieldNote kNotes[] = {{"", "A tool ran."}, {"name", "As the model said."}};
//     Text<1, 64> name;
//   };
//
// A std::variant of such structs is told apart by "type". A type of its own is text when it has
// `static Result<T> make(std::string)` and `const std::string& value() const` (with kLengthMin,
// kLengthMax or kRule where they say more), and a UUID when it has `Uuid uuid() const` and a
// constructor from Uuid.
#pragma once

#include "core/bounded.h"
#include "json/codec_base.h"
#include "json/codec_containers.h"
#include "json/codec_numbers.h"
#include "json/codec_text.h"
#include "json/json.h"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace antiphon::json {

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

consteval Presence presence_of(std::span<const std::string_view> optional_fields,
                               std::string_view name, bool is_optional) {
  if (is_optional) return Presence::optional;
  for (const std::string_view field : optional_fields) {
    if (field == name || field == "*") return Presence::defaulted;
  }
  return Presence::required;
}

template <class T>
consteval std::span<const std::string_view> optional_fields_of() {
  if constexpr (requires { T::kOptionalFields; }) return T::kOptionalFields;
  return {};
}

consteval std::string_view note_of(std::span<const FieldNote> notes, std::string_view name) {
  for (const FieldNote& note : notes) {
    if (note.field == name) return note.text;
  }
  return {};
}

template <class T>
consteval std::span<const FieldNote> notes_of() {
  if constexpr (requires { T::kNotes; }) return T::kNotes;
  return {};
}

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <DescribedStruct T>
struct Codec<T> {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;

  static constexpr std::size_t kFieldCount = boost::mp11::mp_size<Members>::value;

  template <template <class...> class L, class... D>
  static consteval std::array<Field, kFieldCount> fields_of(L<D...>) {
    return {field_of<D>()...};
  }

  template <class D>
  static consteval Field field_of() {
    using Type = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;
    constexpr std::string_view name = name_without_underscore(D::name);
    return {.name = name,
            .shape = &shape_at<Type>,
            .get = [](void* object) -> void* { return &(static_cast<T*>(object)->*D::pointer); },
            .presence = presence_of(optional_fields_of<T>(), name, kIsOptional<Type>),
            .note = note_of(notes_of<T>(), name)};
  }

  static consteval bool knows(std::string_view name) {
    for (const Field& field : kFields) {
      if (field.name == name) return true;
    }
    return false;
  }

  static consteval bool lists_name_fields() {
    for (const std::string_view field : optional_fields_of<T>()) {
      if (field != "*" && !knows(field)) return false;
    }
    for (const FieldNote& note : notes_of<T>()) {
      if (!note.field.empty() && !knows(note.field)) return false;
    }
    return true;
  }

  static constexpr std::array<Field, kFieldCount> kFields = fields_of(Members{});

  static constexpr Shape make() {
    static_assert(kFieldCount <= kFieldsMax, "the reader remembers seen fields in 64 bits");
    static_assert(lists_name_fields(), "kOptionalFields and kNotes name fields of the struct");
    Shape shape{.kind = Kind::object,
                .type_name = type_name_of<T>(),
                .note = note_of(notes_of<T>(), ""),
                .fields = kFields,
                .with_default = [](Visit visit, void* context) {
                  const T object{};
                  visit(context, &object);
                }};
    if constexpr (requires { T::kType; }) shape.tag = T::kType;
    return shape;
  }
};

template <DescribedStruct... T>
struct Codec<std::variant<T...>> {
  static_assert((requires { T::kType; } && ...), "each alternative of a variant has a kType");
  using Type = std::variant<T...>;
  using Emplace = void* (*)(void*);

  static constexpr std::array<const Shape& (*)(), sizeof...(T)> kAlternatives{&shape_at<T>...};

  static constexpr Shape make() {
    return {.kind = Kind::variant,
            .alternatives = kAlternatives,
            .index = [](const void* object) { return static_cast<const Type*>(object)->index(); },
            .active = [](const void* object) -> const void* {
              return std::visit([](const auto& value) -> const void* { return &value; },
                                *static_cast<const Type*>(object));
            },
            .emplace_alternative = [](void* object, std::size_t index) -> void* {
              constexpr std::array<Emplace, sizeof...(T)> kEmplace{[](void* variant) -> void* {
                return &static_cast<Type*>(variant)->template emplace<T>();
              }...};
              return kEmplace[index](object);
            }};
  }
};

}  // namespace antiphon::json

namespace antiphon {

template <class T>
const json::Shape& shape_of() {
  return json::kShape<T>;
}

}  // namespace antiphon

// At namespace scope, once per type and program part that reads or writes it.
#define ANTIPHON_JSON_CODEC(...) \
  template const ::antiphon::json::Shape& ::antiphon::shape_of<__VA_ARGS__>();

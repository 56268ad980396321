// Codecs of booleans, numbers, durations and described enums. Included by json/codec.h.
#pragma once

#include "core/bounded.h"
#include "core/strong.h"
#include "json/codec_base.h"

#include <boost/describe.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

namespace antiphon::json {

template <>
struct Codec<bool> {
  static constexpr Shape make() {
    return {.kind = Kind::boolean,
            .load_boolean = [](const void* object) { return *static_cast<const bool*>(object); },
            .store_boolean = [](void* object, bool value) { *static_cast<bool*>(object) = value; }};
  }
};

template <std::integral T>
consteval std::int64_t max_of() {
  return std::in_range<std::int64_t>(std::numeric_limits<T>::max())
             ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
             : std::numeric_limits<std::int64_t>::max();
}

template <std::integral T>
struct Codec<T> {
  static constexpr Shape make() {
    return {.kind = Kind::integer,
            .load_integer =
                [](const void* object) {
                  return static_cast<std::int64_t>(*static_cast<const T*>(object));
                },
            .store_integer =
                [](void* object, std::int64_t value) {
                  *static_cast<T*>(object) = static_cast<T>(value);
                },
            .integer_min = static_cast<std::int64_t>(std::numeric_limits<T>::min()),
            .integer_max = max_of<T>()};
  }
};

template <std::int64_t Min, std::int64_t Max>
struct Codec<Integer<Min, Max>> {
  using Type = Integer<Min, Max>;
  static constexpr Shape make() {
    return {.kind = Kind::integer,
            .load_integer =
                [](const void* object) { return static_cast<const Type*>(object)->value(); },
            .store_integer =
                [](void* object, std::int64_t value) {
                  auto made = Type::make(value);
                  CHECK(made.has_value(), "the reader keeps the limits of an Integer");
                  *static_cast<Type*>(object) = *made;
                },
            .integer_min = Min,
            .integer_max = Max};
  }
};

template <class Tag, std::integral V>
struct Codec<Strong<Tag, V>> {
  static constexpr Shape make() {
    return {
        .kind = Kind::integer,
        .load_integer =
            [](const void* object) {
              return static_cast<std::int64_t>(static_cast<const Strong<Tag, V>*>(object)->value());
            },
        .store_integer =
            [](void* object, std::int64_t value) {
              *static_cast<Strong<Tag, V>*>(object) = Strong<Tag, V>(static_cast<V>(value));
            },
        .integer_min = static_cast<std::int64_t>(std::numeric_limits<V>::min()),
        .integer_max = max_of<V>()};
  }
};

template <std::integral Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> {
  using Type = std::chrono::duration<Rep, Period>;
  static constexpr Shape make() {
    return {.kind = Kind::integer,
            .load_integer =
                [](const void* object) {
                  return static_cast<std::int64_t>(static_cast<const Type*>(object)->count());
                },
            .store_integer = [](void* object,
                                std::int64_t value) { *static_cast<Type*>(object) = Type(value); }};
  }
};

template <std::floating_point T>
struct Codec<T> {
  static constexpr Shape make() {
    return {
        .kind = Kind::number,
        .load_number =
            [](const void* object) { return static_cast<double>(*static_cast<const T*>(object)); },
        .store_number = [](void* object,
                           double value) { *static_cast<T*>(object) = static_cast<T>(value); },
        .number_min = static_cast<double>(std::numeric_limits<T>::lowest()),
        .number_max = static_cast<double>(std::numeric_limits<T>::max())};
  }
};

template <std::int64_t MinMilli, std::int64_t MaxMilli>
struct Codec<Number<MinMilli, MaxMilli>> {
  using Type = Number<MinMilli, MaxMilli>;
  static constexpr Shape make() {
    return {
        .kind = Kind::number,
        .load_number = [](const void* object) { return static_cast<const Type*>(object)->value(); },
        .store_number =
            [](void* object, double value) {
              auto made = Type::make(value);
              CHECK(made.has_value(), "the reader keeps the limits of a Number");
              *static_cast<Type*>(object) = *made;
            },
        .number_min = Type::kMin,
        .number_max = Type::kMax};
  }
};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <DescribedEnum T>
struct Codec<T> {
  template <template <class...> class L, class... D>
  static consteval std::array<Enumerator, sizeof...(D)> enumerators_of(L<D...>) {
    return {Enumerator{name_without_underscore(D::name), static_cast<std::int64_t>(D::value)}...};
  }
  static constexpr auto kEnumerators = enumerators_of(boost::describe::describe_enumerators<T>{});

  static constexpr Shape make() {
    return {.kind = Kind::enumeration,
            .type_name = type_name_of<T>(),
            .load_integer =
                [](const void* object) {
                  return static_cast<std::int64_t>(*static_cast<const T*>(object));
                },
            .store_integer =
                [](void* object, std::int64_t value) {
                  *static_cast<T*>(object) = static_cast<T>(value);
                },
            .enumerators = kEnumerators};
  }
};

}  // namespace antiphon::json

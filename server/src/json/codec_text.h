// Codecs of what is a string in JSON (text, UUIDs, times) and of free objects. Included by
// json/codec.h.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "core/uuid.h"
#include "json/codec_base.h"
#include "json/rfc3339.h"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon::json {

template <>
struct Codec<std::string> {
  static constexpr Shape make() {
    return {.kind = Kind::text,
            .view_text = [](const void* object, std::string&) -> std::string_view {
              return *static_cast<const std::string*>(object);
            },
            .store_text =
                [](void* object, std::string&& text, std::string& fault) {
                  if (auto wrong = text_fault(text, 0, kNoLimit)) {
                    fault = std::move(*wrong);
                    return false;
                  }
                  *static_cast<std::string*>(object) = std::move(text);
                  return true;
                }};
  }
};

// Text<>, and every type of its own that is made of a string.
template <class T>
concept MadeOfText = requires(const T& object, std::string text) {
  { T::make(std::move(text)) } -> std::same_as<Result<T>>;
  { object.value() } -> std::convertible_to<std::string_view>;
};

template <MadeOfText T>
struct Codec<T> {
  static constexpr Shape make() {
    Shape shape{.kind = Kind::text,
                .view_text = [](const void* object, std::string&) -> std::string_view {
                  return static_cast<const T*>(object)->value();
                },
                .store_text =
                    [](void* object, std::string&& text, std::string& fault) {
                      auto made = T::make(std::move(text));
                      if (!made) {
                        fault = std::move(made.error().message);
                        return false;
                      }
                      *static_cast<T*>(object) = std::move(*made);
                      return true;
                    }};
    if constexpr (requires { T::kLengthMin; }) shape.length_min = T::kLengthMin;
    if constexpr (requires { T::kLengthMax; }) shape.length_max = T::kLengthMax;
    if constexpr (requires { T::kRule; }) shape.rule = T::kRule;
    return shape;
  }
};

inline constexpr std::string_view kUuidRule = "must be a UUID of 36 characters";

template <>
struct Codec<Uuid> {
  static constexpr Shape make() {
    return {.kind = Kind::text,
            .view_text = [](const void* object, std::string& scratch) -> std::string_view {
              return scratch = static_cast<const Uuid*>(object)->to_string();
            },
            .store_text =
                [](void* object, std::string&& text, std::string&) {
                  const auto uuid = Uuid::parse(text);
                  if (uuid) *static_cast<Uuid*>(object) = *uuid;
                  return uuid.has_value();
                },
            .format = "uuid",
            .rule = kUuidRule};
  }
};

template <class T>
concept MadeOfUuid = requires(const T& object) {
  { object.uuid() } -> std::convertible_to<Uuid>;
} && std::constructible_from<T, Uuid>;

template <MadeOfUuid T>
struct Codec<T> {
  static constexpr Shape make() {
    return {.kind = Kind::text,
            .view_text = [](const void* object, std::string& scratch) -> std::string_view {
              return scratch = static_cast<const T*>(object)->uuid().to_string();
            },
            .store_text =
                [](void* object, std::string&& text, std::string&) {
                  const auto uuid = Uuid::parse(text);
                  if (uuid) *static_cast<T*>(object) = T(*uuid);
                  return uuid.has_value();
                },
            .format = "uuid",
            .rule = kUuidRule};
  }
};

template <>
struct Codec<WallTime> {
  static constexpr Shape make() {
    return {.kind = Kind::text,
            .view_text = [](const void* object, std::string& scratch) -> std::string_view {
              return scratch = to_rfc3339(*static_cast<const WallTime*>(object));
            },
            .store_text =
                [](void* object, std::string&& text, std::string&) {
                  const auto time = parse_rfc3339(text);
                  if (time) *static_cast<WallTime*>(object) = *time;
                  return time.has_value();
                },
            .format = "date-time",
            .rule = "must be a time as in 2026-01-31T09:30:00Z"};
  }
};

template <std::size_t MaxBytes>
struct Codec<JsonObject<MaxBytes>> {
  using Type = JsonObject<MaxBytes>;
  static constexpr Shape make() {
    return {.kind = Kind::free_object,
            .view_text = [](const void* object, std::string&) -> std::string_view {
              return static_cast<const Type*>(object)->text();
            },
            .store_text =
                [](void* object, std::string&& text, std::string& fault) {
                  auto made = Type::from_valid(std::move(text));
                  if (!made) {
                    fault = std::move(made.error().message);
                    return false;
                  }
                  *static_cast<Type*>(object) = std::move(*made);
                  return true;
                },
            .length_max = MaxBytes};
  }
};

}  // namespace antiphon::json

// Codecs of what holds other values: optionals, lists, maps. Included by json/codec.h.
#pragma once

#include "core/bounded.h"
#include "core/sensitive.h"
#include "json/codec_base.h"

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace antiphon::json {

template <class T>
struct Codec<std::optional<T>> {
  static constexpr Shape make() {
    return {.kind = Kind::optional,
            .inner = &shape_at<T>,
            .held = [](const void* object) -> const void* {
              const auto& optional = *static_cast<const std::optional<T>*>(object);
              return optional ? &*optional : nullptr;
            },
            .emplace = [](void* object) -> void* {
              return &static_cast<std::optional<T>*>(object)->emplace();
            },
            .reset = [](void* object) { static_cast<std::optional<T>*>(object)->reset(); }};
  }
};

template <class T>
struct Codec<Nullable<T>> {
  static constexpr Shape make() {
    return {.kind = Kind::nullable,
            .inner = &shape_at<T>,
            .held = [](const void* object) -> const void* {
              const auto& optional = static_cast<const Nullable<T>*>(object)->value;
              return optional ? &*optional : nullptr;
            },
            .emplace = [](void* object) -> void* {
              return &static_cast<Nullable<T>*>(object)->value.emplace();
            },
            .reset = [](void* object) { static_cast<Nullable<T>*>(object)->value.reset(); }};
  }
};

template <class T>
struct Codec<Sensitive<T>> {
  static constexpr Shape make() {
    return {.kind = Kind::wrapped,
            .inner = &shape_at<T>,
            .held = [](const void* object) -> const void* {
              return &static_cast<const Sensitive<T>*>(object)->reveal();
            },
            .emplace = [](void* object) -> void* {
              return &static_cast<Sensitive<T>*>(object)->reveal();
            }};
  }
};

template <class Items>
void visit_items(const Items& items, Visit visit, void* context) {
  for (const auto& item : items)
    visit(context, &item);
}

template <class T>
struct Codec<std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> has no items to point at");
  static constexpr Shape make() {
    return {.kind = Kind::list,
            .inner = &shape_at<T>,
            .size_max = kItemsMax,
            .each_item =
                [](const void* object, Visit visit, void* context) {
                  visit_items(*static_cast<const std::vector<T>*>(object), visit, context);
                },
            .fill_items =
                [](void* object, std::size_t count, FillItem fill, void* context) {
                  auto& items = *static_cast<std::vector<T>*>(object);
                  items.clear();
                  items.resize(count);
                  for (std::size_t index = 0; index < count; ++index) {
                    fill(context, index, &items[index]);
                  }
                }};
  }
};

template <class T, std::size_t Max, std::size_t Min>
struct Codec<List<T, Max, Min>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> has no items to point at");
  static constexpr Shape make() {
    return {.kind = Kind::list,
            .inner = &shape_at<T>,
            .size_min = Min,
            .size_max = Max,
            .each_item =
                [](const void* object, Visit visit, void* context) {
                  visit_items(*static_cast<const List<T, Max, Min>*>(object), visit, context);
                },
            .fill_items =
                [](void* object, std::size_t count, FillItem fill, void* context) {
                  std::vector<T> items(count);
                  for (std::size_t index = 0; index < count; ++index) {
                    fill(context, index, &items[index]);
                  }
                  auto made = List<T, Max, Min>::make(std::move(items));
                  CHECK(made.has_value(), "the reader keeps the size limits of a list");
                  *static_cast<List<T, Max, Min>*>(object) = std::move(*made);
                }};
  }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static constexpr Shape make() {
    return {.kind = Kind::map,
            .inner = &shape_at<T>,
            .size_max = kItemsMax,
            .each_entry =
                [](const void* object, VisitEntry visit, void* context) {
                  for (const auto& [key, value] :
                       *static_cast<const std::map<std::string, T>*>(object)) {
                    visit(context, key, &value);
                  }
                },
            .emplace_entry = [](void* object, std::string&& key) -> void* {
              return &(*static_cast<std::map<std::string, T>*>(object))[std::move(key)];
            }};
  }
};

}  // namespace antiphon::json

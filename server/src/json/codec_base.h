// What every codec header needs: one Shape per type, made when it is compiled.
#pragma once

#include "json/shape.h"

#include <string_view>

namespace antiphon::json {

template <class T>
struct Codec;

template <class T>
inline constexpr Shape kShape = Codec<T>::make();

// A function, so that a struct may hold a list of itself.
template <class T>
const Shape& shape_at() {
  return kShape<T>;
}

// From "[T = antiphon::Agent]" in this function's own name; json/schema.cpp makes a name of it.
template <class T>
consteval std::string_view type_name_of() {
  const std::string_view whole = __PRETTY_FUNCTION__;
  const std::size_t start = whole.find("[T = ") + 5;
  return whole.substr(start, whole.size() - start - 1);
}

consteval std::string_view name_without_underscore(std::string_view name) {
  return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}

}  // namespace antiphon::json

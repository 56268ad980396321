// Little-endian numbers in a row of bytes.
#pragma once

#include "core/uuid.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace antiphon {

template <class Number>
void put(std::string& out, Number value) {
  static_assert(std::is_integral_v<Number>, "numbers alone have one form");
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &value, sizeof(Number));
  out.append(bytes, sizeof(Number));
}

// Zero when the bytes end before it.
template <class Number>
[[nodiscard]] Number number_at(std::string_view bytes, std::size_t at) {
  Number value{};
  if (at > bytes.size() || bytes.size() - at < sizeof(Number)) return value;
  std::memcpy(&value, bytes.data() + at, sizeof(Number));
  return value;
}

inline void put(std::string& out, const Uuid& uuid) {
  out.append(reinterpret_cast<const char*>(uuid.bytes().data()), uuid.bytes().size());
}

// 16 bytes must be there.
[[nodiscard]] inline Uuid uuid_at(std::string_view bytes, std::size_t at) {
  return Uuid::from_bytes(std::as_bytes(std::span(bytes.substr(at))).first<16>());
}

}  // namespace antiphon

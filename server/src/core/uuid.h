// A UUID (RFC 9562): 16 bytes, printed as 36 lower-case characters.
#pragma once

#include "core/clock.h"
#include "core/random.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace antiphon {

class Uuid {
 public:
  constexpr Uuid() = default;

  // Version 4: 122 random bits.
  [[nodiscard]] static Uuid make_random(Random& random);
  // Version 7: milliseconds since 1970, then 74 random bits; sorts by time of creation.
  [[nodiscard]] static Uuid make_ordered(WallTime time, Random& random);
  // Accepts only the 36-character form, either case.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);

  [[nodiscard]] static Uuid from_bytes(std::span<const std::byte, 16> bytes);

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace antiphon

template <>
struct std::hash<antiphon::Uuid> {
  std::size_t operator()(const antiphon::Uuid& uuid) const noexcept;
};

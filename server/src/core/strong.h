// A number with a unit: two of different units do not mix, and a bare number does not become one by
// accident.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace antiphon {

template <class Tag, class Value>
class Strong {
 public:
  using value_type = Value;

  constexpr Strong() = default;
  explicit constexpr Strong(Value value) : value_(value) {}

  [[nodiscard]] constexpr Value value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

  constexpr Strong& operator+=(Strong other) {
    value_ = static_cast<Value>(value_ + other.value_);
    return *this;
  }
  friend constexpr Strong operator+(Strong left, Strong right) { return left += right; }
  friend constexpr Strong operator-(Strong left, Strong right) {
    return Strong(static_cast<Value>(left.value_ - right.value_));
  }

 private:
  Value value_{};
};

using ByteCount = Strong<struct ByteCountTag, std::size_t>;
// Decides what a generator of random numbers yields; printed by every test that uses one.
using Seed = Strong<struct SeedTag, std::uint64_t>;

}  // namespace antiphon

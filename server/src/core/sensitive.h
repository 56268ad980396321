// Something a person said, typed or is called. It prints as [redacted]; reading it is an explicit
// act.
#pragma once

#include <string_view>
#include <utility>

namespace antiphon {

template <class T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}

  [[nodiscard]] const T& reveal() const { return value_; }
  [[nodiscard]] T& reveal() { return value_; }
  bool operator==(const Sensitive&) const = default;

 private:
  T value_{};
};

inline constexpr std::string_view kRedacted = "[redacted]";

}  // namespace antiphon

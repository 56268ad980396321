// Either a value or an Error. The compiler refuses to drop one.
//
//   Result<int> port = parse_port(text);
//   if (!port) return std::unexpected(port.error());
//
// libstdc++ 12's std::expected has no monadic members, so `transform` and `and_then` are here.
#pragma once

#include "core/error.h"

#include <expected>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace antiphon {

template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using Base = std::expected<T, Error>;
  using Base::Base;

  template <class Function>
  auto transform(Function&& function) && {
    using Value = std::remove_cvref_t<std::invoke_result_t<Function, T&&>>;
    if (!*this) return Result<Value>(std::unexpected(std::move(this->error())));
    return Result<Value>(std::invoke(std::forward<Function>(function), std::move(**this)));
  }

  template <class Function>
  auto and_then(Function&& function) && {
    using Next = std::remove_cvref_t<std::invoke_result_t<Function, T&&>>;
    if (!*this) return Next(std::unexpected(std::move(this->error())));
    return std::invoke(std::forward<Function>(function), std::move(**this));
  }
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using Base = std::expected<void, Error>;
  using Base::Base;
};

[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message,
                                                    std::vector<FieldError> fields = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(fields)});
}

}  // namespace antiphon

// HOST:PORT as people write it: "127.0.0.1:8080", "[::1]:0", "localhost:8080", ":8080" (every
// address).
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

struct SocketAddress {
  std::string host;  // without brackets; "" means every address of the machine
  std::uint16_t port = 0;

  // An IPv6 address needs its brackets. Errors: invalid_argument.
  [[nodiscard]] static Result<SocketAddress> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  bool operator==(const SocketAddress&) const = default;
};

}  // namespace antiphon

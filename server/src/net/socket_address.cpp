#include "net/socket_address.h"

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return failure(ErrorCode::invalid_argument, "the port after the last ':' is not 0 to 65535");
  }
  return port;
}

bool is_host_character(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '-' || letter == '_';
}

}  // namespace

Result<SocketAddress> SocketAddress::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return failure(ErrorCode::invalid_argument, "an address is HOST:PORT; the port is missing");
  }
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!host.contains(':')) {
      return failure(ErrorCode::invalid_argument, "brackets hold an IPv6 address");
    }
  } else if (!std::ranges::all_of(host, is_host_character)) {
    return failure(ErrorCode::invalid_argument,
                   "the host has a character no name has; write IPv6 as [::1]:PORT");
  }
  auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  return SocketAddress{std::string(host), *port};
}

std::string SocketAddress::to_string() const {
  const bool is_v6 = host.contains(':');
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace antiphon

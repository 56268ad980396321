// Decides whether an outbound request may go where its URL points. Asked before each request and
// before each redirect; the connection is then made to an address it returned, and no name is
// looked up again.
//
// Output  The URL as it will be used, and its addresses, each of them allowed.
// Limits  kAddressesMax addresses of a name are considered.
// Errors  invalid_argument (the URL, see outbound_url.h), permission_denied (scheme, port or
//         address; the message names the kind of the address, never the address itself, so that
//         nobody maps a network with it), unavailable (no such name), cancelled.
// Thread  the executor of its resolver.
#pragma once

#include "net/outbound_url.h"
#include "net/resolver.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class PlainHttp : std::uint8_t { refused, allowed };

// One entry of a workspace's allow list: a host and a port that may be on a private network. Opens
// loopback, private, carrier-grade NAT, unique local and the machine's own addresses; never
// link-local ones, where metadata services live, nor what is multicast, reserved or translated.
struct OutboundTarget {
  std::string host;
  std::uint16_t port = 443;
  PlainHttp plain_http = PlainHttp::refused;

  // "10.0.0.5:8443", "crm.internal:443", "http://crm.internal:8080", "[fd00::1]:443".
  [[nodiscard]] static Result<OutboundTarget> parse(std::string_view text);
  bool operator==(const OutboundTarget&) const = default;
};

struct OutboundPolicy {
  PlainHttp plain_http = PlainHttp::refused;
  std::vector<std::uint16_t> ports = {80, 443, 8080, 8443};
  std::vector<OutboundTarget> allowed = {};
};

struct CheckedTarget {
  OutboundUrl url;
  std::vector<IpAddress> addresses;
};

inline constexpr std::size_t kAddressesMax = 8;

class OutboundGuard {
 public:
  explicit OutboundGuard(Resolver& resolver) : resolver_(resolver) {}

  // Borrows until it returns. One forbidden address among several refuses them all: a name that
  // means both a public and a private place is a trick or a mistake.
  Task<Result<CheckedTarget>> check(std::string_view url, const OutboundPolicy& policy);

 private:
  Resolver& resolver_;
};

// The rule for one address. `own` are the machine's addresses.
[[nodiscard]] Result<> check_address(const IpAddress& address, const std::vector<IpAddress>& own,
                                     bool is_listed);

}  // namespace antiphon

// The URL of an outbound request that a user of the server chose: read strictly, so that no second
// reader (libcurl, a proxy, a library of the peer) can understand another host than we checked.
//
// Input   http or https, a host, a port, a path, a query; a fragment is dropped.
// Output  The host in lower case without a trailing dot, or the address it spells.
// Limits  4,096 bytes.
// Errors  invalid_argument. Refused are: user names, backslashes, white space, control characters
//         and everything outside ASCII, percent signs in the host, hosts that end in a number
//         without being four decimal parts (decimal, octal, hex and short addresses), zones, empty
//         labels, host names that are not letters, digits, hyphens and underscores. Names outside
//         ASCII are wanted in their xn-- form.
// Source  RFC 3986; the WHATWG URL standard's host parser, whose leniency is what is refused here.
#pragma once

#include "core/result.h"
#include "net/ip_address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct OutboundUrl {
  bool is_https = true;
  std::string host;  // a name, or an address without brackets
  std::optional<IpAddress> address;
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  [[nodiscard]] static Result<OutboundUrl> parse(std::string_view text);
  // What is sent to libcurl and in the Host field.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] bool is_same_origin(const OutboundUrl& other) const;
  bool operator==(const OutboundUrl&) const = default;
};

// The text of the URL that a Location field means (RFC 3986 section 5.2; dot segments stay as they
// are). Not checked: parse() reads it.
[[nodiscard]] std::string resolve_location(const OutboundUrl& base, std::string_view location);

}  // namespace antiphon

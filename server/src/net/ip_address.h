// An IPv4 or IPv6 address as bytes, and what kind of network it belongs to.
//
// Errors  parse: nothing for every text that is not one address in its usual form: four decimal
//         parts without leading zeros, or RFC 4291 text. Zones ("%eth0"), brackets, octal, hex and
//         short forms are not read.
// Thread  any.
// Source  RFC 6890 and the IANA special-purpose registries; RFC 6052, 8215 (NAT64), 3056 (6to4),
//         4380 (Teredo), 6598 (shared address space), 9637 (documentation).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class IpAddress {
 public:
  using V4 = std::array<std::uint8_t, 4>;
  using V6 = std::array<std::uint8_t, 16>;

  explicit IpAddress(const V4& bytes);
  explicit IpAddress(const V6& bytes) : bytes_(bytes), is_v4_(false) {}
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const { return is_v4_; }
  // An IPv4 address has its four bytes in front and zeros behind.
  [[nodiscard]] const V6& bytes() const { return bytes_; }
  [[nodiscard]] std::string to_string() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  V6 bytes_{};
  bool is_v4_ = true;
};

// Everything but `global` is refused for outbound requests. The first group may be opened by name
// in a workspace's allow list; the second never (outbound_guard.h).
enum class AddressKind : std::uint8_t {
  global,
  loopback,      // 127.0.0.0/8, ::1
  private_use,   // 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16
  shared,        // 100.64.0.0/10: carrier-grade NAT
  unique_local,  // fc00::/7

  unspecified,    // 0.0.0.0/8, ::
  link_local,     // 169.254.0.0/16, fe80::/10, fec0::/10: metadata services live there
  metadata,       // public addresses on which a cloud answers its own machines
  multicast,      // 224.0.0.0/4, ff00::/8
  broadcast,      // 255.255.255.255
  documentation,  // 192.0.2.0/24 and its relatives, 2001:db8::/32, 3fff::/20
  benchmarking,   // 198.18.0.0/15, 2001:2::/48
  reserved,       // what the registries keep for themselves, and all outside 2000::/3
  ipv4_mapped,    // ::ffff:0:0/96 and the older ::/96
  nat64,          // 64:ff9b::/96, 64:ff9b:1::/48
  six_to_four,    // 2002::/16, 192.88.99.0/24
  teredo,         // 2001::/32
  last_ = teredo,
};

[[nodiscard]] AddressKind kind_of(const IpAddress& address);
// Words for a message: "loopback", "link-local".
[[nodiscard]] std::string_view name_of(AddressKind kind);

}  // namespace antiphon

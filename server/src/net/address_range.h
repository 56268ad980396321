// A set of IP addresses as people write it: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7".
//
// Limits  bits behind the prefix must be zero ("10.1.0.0/8" is a slip, and refused).
// Errors  parse: invalid_argument.
// Thread  any.
// Source  RFC 4632 section 3.1, RFC 4291 section 2.3. IPv4-mapped IPv6 addresses (RFC 4291 section
//         2.5.5.2) count as their IPv4 address.
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

class AddressRange {
 public:
  [[nodiscard]] static Result<AddressRange> parse(std::string_view text);
  // "10.0.0.0/8, ::1": commas and spaces between them; "" is none.
  [[nodiscard]] static Result<std::vector<AddressRange>> parse_list(std::string_view text);

  // False for what is no address.
  [[nodiscard]] bool contains(std::string_view address) const;
  bool operator==(const AddressRange&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
  unsigned prefix_ = 128;
};

[[nodiscard]] bool any_contains(const std::vector<AddressRange>& ranges, std::string_view address);

// The address in its one spelling ("::FFFF:192.0.2.1" is "192.0.2.1"); nothing for what is none.
[[nodiscard]] std::optional<std::string> canonical_address(std::string_view text);

// What one customer of a network has: the address itself, of IPv6 its first 64 bits.
[[nodiscard]] std::string network_of(std::string_view address);

}  // namespace antiphon

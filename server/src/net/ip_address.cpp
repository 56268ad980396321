#include "net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <span>

namespace antiphon {

namespace {

struct Network {
  IpAddress::V6 prefix;
  unsigned bits;
  AddressKind kind;
};

// The first that fits decides, so narrower networks stand before wider ones.
constexpr Network kV4[] = {
    {{255, 255, 255, 255}, 32, AddressKind::broadcast},
    {{0}, 8, AddressKind::unspecified},
    {{10}, 8, AddressKind::private_use},
    {{100, 64}, 10, AddressKind::shared},
    {{127}, 8, AddressKind::loopback},
    {{168, 63, 129, 16}, 32, AddressKind::metadata},  // Azure's wire server
    {{169, 254}, 16, AddressKind::link_local},
    {{172, 16}, 12, AddressKind::private_use},
    {{192, 0, 0}, 24, AddressKind::reserved},
    {{192, 0, 2}, 24, AddressKind::documentation},
    {{192, 31, 196}, 24, AddressKind::reserved},  // AS112
    {{192, 52, 193}, 24, AddressKind::reserved},  // AMT
    {{192, 88, 99}, 24, AddressKind::six_to_four},
    {{192, 168}, 16, AddressKind::private_use},
    {{192, 175, 48}, 24, AddressKind::reserved},  // AS112
    {{198, 18}, 15, AddressKind::benchmarking},
    {{198, 51, 100}, 24, AddressKind::documentation},
    {{203, 0, 113}, 24, AddressKind::documentation},
    {{224}, 4, AddressKind::multicast},
    {{240}, 4, AddressKind::reserved},
};

constexpr Network kV6[] = {
    {{0}, 128, AddressKind::unspecified},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::loopback},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, AddressKind::ipv4_mapped},
    {{0}, 96, AddressKind::ipv4_mapped},
    {{0x00, 0x64, 0xff, 0x9b}, 96, AddressKind::nat64},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, AddressKind::nat64},
    {{0xfc}, 7, AddressKind::unique_local},
    {{0xfe, 0x80}, 10, AddressKind::link_local},
    {{0xfe, 0xc0}, 10, AddressKind::link_local},
    {{0xff}, 8, AddressKind::multicast},
    {{0x20, 0x01, 0x00, 0x00}, 32, AddressKind::teredo},
    {{0x20, 0x01, 0x00, 0x02, 0x00, 0x00}, 48, AddressKind::benchmarking},
    {{0x20, 0x01, 0x00}, 23, AddressKind::reserved},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::documentation},
    {{0x20, 0x02}, 16, AddressKind::six_to_four},
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48, AddressKind::reserved},  // AS112
    {{0x3f, 0xff, 0x00}, 20, AddressKind::documentation},
    {{0x20}, 3, AddressKind::global},
    {{0}, 0, AddressKind::reserved},
};

bool is_within(const IpAddress::V6& address, const Network& network) {
  const unsigned whole = network.bits / 8;
  const unsigned rest = network.bits % 8;
  if (!std::equal(address.begin(), address.begin() + whole, network.prefix.begin())) return false;
  if (rest == 0) return true;
  return ((address[whole] ^ network.prefix[whole]) >> (8 - rest)) == 0;
}

AddressKind first_of(std::span<const Network> networks, const IpAddress& address) {
  const auto found = std::ranges::find_if(
      networks, [&address](const Network& network) { return is_within(address.bytes(), network); });
  return found == networks.end() ? AddressKind::global : found->kind;
}

constexpr std::string_view kNames[] = {
    "global",        "loopback",     "private",  "carrier-grade NAT", "unique local",
    "unspecified",   "link-local",   "metadata", "multicast",         "broadcast",
    "documentation", "benchmarking", "reserved", "IPv4-mapped",       "NAT64",
    "6to4",          "Teredo",
};
static_assert(std::size(kNames) == static_cast<std::size_t>(AddressKind::last_) + 1);

}  // namespace

IpAddress::IpAddress(const V4& bytes) { std::ranges::copy(bytes, bytes_.begin()); }

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
  const std::string terminated(text);
  V6 bytes{};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return IpAddress(bytes);
  V4 short_bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), short_bytes.data()) == 1) {
    return IpAddress(short_bytes);
  }
  return std::nullopt;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(),
            static_cast<socklen_t>(text.size()));
  return text.data();
}

AddressKind kind_of(const IpAddress& address) {
  return address.is_v4() ? first_of(kV4, address) : first_of(kV6, address);
}

std::string_view name_of(AddressKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

}  // namespace antiphon

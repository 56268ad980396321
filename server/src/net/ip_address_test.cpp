#include "net/ip_address.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(IpAddress, ReadsTheUsualFormsAndNothingElse) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_string(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8::1")->to_string(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:10.0.0.1")->to_string(), "::ffff:10.0.0.1");
  for (const char* text :
       {"", "1", "127.1", "2130706433", "0177.0.0.1", "127.0.0.01", "0x7f.0.0.1", "127.0.0.1.",
        "127.0.0.256", " 127.0.0.1", "127.0.0.1 ", "[::1]", "::1%lo", "fe80::1%eth0", "1::2::3",
        "12345::", "example.org", "::ffff:010.0.0.1", "0000:0000:0000:0000:0000:0000:0000:00001"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0x", 10)));
}

struct Case {
  const char* text;
  AddressKind kind;
};

using enum AddressKind;
constexpr Case kCases[] = {
    {"0.0.0.0", unspecified},
    {"0.255.255.255", unspecified},
    {"1.0.0.0", global},
    {"9.255.255.255", global},
    {"10.0.0.0", private_use},
    {"10.255.255.255", private_use},
    {"11.0.0.0", global},
    {"100.63.255.255", global},
    {"100.64.0.0", shared},
    {"100.100.100.200", shared},
    {"100.127.255.255", shared},
    {"100.128.0.0", global},
    {"126.255.255.255", global},
    {"127.0.0.1", loopback},
    {"127.255.255.255", loopback},
    {"128.0.0.0", global},
    {"168.63.129.15", global},
    {"168.63.129.16", metadata},
    {"168.63.129.17", global},
    {"169.253.255.255", global},
    {"169.254.0.0", link_local},
    {"169.254.169.254", link_local},
    {"169.254.255.255", link_local},
    {"169.255.0.0", global},
    {"172.15.255.255", global},
    {"172.16.0.0", private_use},
    {"172.31.255.255", private_use},
    {"172.32.0.0", global},
    {"192.0.0.0", reserved},
    {"192.0.0.255", reserved},
    {"192.0.1.0", global},
    {"192.0.2.0", documentation},
    {"192.0.2.255", documentation},
    {"192.0.3.0", global},
    {"192.31.196.1", reserved},
    {"192.52.193.1", reserved},
    {"192.88.98.255", global},
    {"192.88.99.1", six_to_four},
    {"192.167.255.255", global},
    {"192.168.0.0", private_use},
    {"192.168.255.255", private_use},
    {"192.169.0.0", global},
    {"192.175.48.1", reserved},
    {"198.17.255.255", global},
    {"198.18.0.0", benchmarking},
    {"198.19.255.255", benchmarking},
    {"198.20.0.0", global},
    {"198.51.100.7", documentation},
    {"203.0.113.7", documentation},
    {"203.0.114.0", global},
    {"223.255.255.255", global},
    {"224.0.0.0", multicast},
    {"239.255.255.255", multicast},
    {"240.0.0.0", reserved},
    {"255.255.255.254", reserved},
    {"255.255.255.255", broadcast},
    {"::", unspecified},
    {"::1", loopback},
    {"::2", ipv4_mapped},
    {"::7f00:1", ipv4_mapped},
    {"::ffff:127.0.0.1", ipv4_mapped},
    {"::ffff:8.8.8.8", ipv4_mapped},
    {"::ffff:0:127.0.0.1", reserved},
    {"64:ff9b::a00:1", nat64},
    {"64:ff9b::8.8.8.8", nat64},
    {"64:ff9b:0:0:0:1::", reserved},
    {"64:ff9b:1::1", nat64},
    {"64:ff9b:1:ffff::1", nat64},
    {"64:ff9b:2::", reserved},
    {"100::1", reserved},
    {"1fff:ffff::", reserved},
    {"2000::1", global},
    {"2001::1", teredo},
    {"2001:0:ffff::1", teredo},
    {"2001:1::1", reserved},
    {"2001:2::1", benchmarking},
    {"2001:20::1", reserved},
    {"2001:1ff:ffff::", reserved},
    {"2001:200::", global},
    {"2001:4860:4860::8888", global},
    {"2001:db7:ffff::", global},
    {"2001:db8::1", documentation},
    {"2001:db9::", global},
    {"2002:7f00:1::", six_to_four},
    {"2003::", global},
    {"2620:4f:8000::1", reserved},
    {"3ffe:ffff::", global},
    {"3fff::1", documentation},
    {"3fff:fff:ffff::", documentation},
    {"3fff:1000::", global},
    {"4000::", reserved},
    {"5f00::1", reserved},
    {"fbff:ffff::", reserved},
    {"fc00::", unique_local},
    {"fd00:ec2::254", unique_local},
    {"fdff:ffff::", unique_local},
    {"fe00::", reserved},
    {"fe80::1", link_local},
    {"febf:ffff::", link_local},
    {"fec0::1", link_local},
    {"ff02::1", multicast},
};

// The first and the last address of each network, and their neighbours.
TEST(IpAddress, KnowsTheKindOfEveryNetworkAtItsBorders) {
  for (const auto& [text, kind] : kCases) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(name_of(kind_of(*address)), name_of(kind)) << text;
  }
}

}  // namespace
}  // namespace antiphon

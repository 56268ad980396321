#include "transports/webrtc/peer_table.h"

#include "crypto/hmac_sha1.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace antiphon {
namespace {

constexpr auto kPassword = "0123456789abcdef0123456789abcdef";

UdpEndpoint at(std::uint8_t last, std::uint16_t port = 1000) {
  return {IpAddress(IpAddress::V4{192, 0, 2, last}), port};
}

class PeerTableTest : public ::testing::Test {
 protected:
  PeerTableTest() { table_.add(1, {"ours0000", kPassword}, "theirs"); }

  static std::vector<std::byte> request(std::string_view username, std::string_view password) {
    std::array<std::byte, kStunBytesMax> into{};
    const auto size = write_stun_request(
        {}, username, true,
        [&](std::span<const std::byte> bytes) {
          return hmac_sha1(std::as_bytes(std::span(password)), bytes);
        },
        into);
    return {into.begin(), into.begin() + static_cast<std::ptrdiff_t>(size)};
  }
  bool check(const UdpEndpoint& from, std::string_view username = "ours0000:theirs",
             std::string_view password = kPassword) {
    const auto bytes = request(username, password);
    const auto checked = table_.check(bytes, from, answer_);
    if (checked) EXPECT_LE(checked->size, bytes.size());
    return checked.has_value();
  }

  PeerTable table_;
  std::array<std::byte, kStunBytesMax> answer_{};
};

TEST_F(PeerTableTest, AnAddressCountsOnceItHasShownThePassword) {
  EXPECT_FALSE(table_.find(at(1)).has_value());
  EXPECT_TRUE(check(at(1)));
  EXPECT_EQ(table_.find(at(1)), PeerNumber{1});
  EXPECT_FALSE(table_.find(at(1, 1001)).has_value());
  EXPECT_FALSE(table_.find(at(2)).has_value());
}

TEST_F(PeerTableTest, AStrangerIsNotAnsweredAndNotLetIn) {
  EXPECT_FALSE(check(at(2), "ours0000:theirs", "another password than that one"));
  EXPECT_FALSE(check(at(2), "ours0000:other"));
  EXPECT_FALSE(check(at(2), "nobody00:theirs"));
  EXPECT_FALSE(check(at(2), "ours0000"));
  EXPECT_FALSE(table_.find(at(2)).has_value());
}

TEST_F(PeerTableTest, AfterARestartBothCredentialsCount) {
  table_.add(1, {"ours1111", "fedcba9876543210fedcba9876543210"}, "again");
  EXPECT_TRUE(check(at(1)));
  EXPECT_TRUE(check(at(2), "ours1111:again", "fedcba9876543210fedcba9876543210"));
  EXPECT_EQ(table_.find(at(2)), PeerNumber{1});
}

TEST_F(PeerTableTest, ForgetsTheOldestOfTooManyAddressesAndCredentials) {
  for (std::uint8_t last = 1; last <= PeerTable::kAddressesMax + 1; ++last)
    EXPECT_TRUE(check(at(last)));
  EXPECT_FALSE(table_.find(at(1)).has_value());
  EXPECT_TRUE(table_.find(at(2)).has_value());
  for (std::size_t count = 0; count < PeerTable::kCredentialsMax; ++count)
    table_.add(1, {"again" + std::to_string(count), kPassword}, "theirs");
  EXPECT_FALSE(check(at(2)));
  EXPECT_TRUE(check(at(2), "again0:theirs"));
}

TEST_F(PeerTableTest, AnAddressThatMovesToAnotherCallLeavesTheFirst) {
  table_.add(2, {"ours2222", kPassword}, "theirs");
  EXPECT_TRUE(check(at(1)));
  EXPECT_TRUE(check(at(1), "ours2222:theirs"));
  EXPECT_EQ(table_.find(at(1)), PeerNumber{2});
  table_.remove(1);
  EXPECT_EQ(table_.find(at(1)), PeerNumber{2});
}

TEST_F(PeerTableTest, WhatIsRemovedCountsNoMore) {
  EXPECT_TRUE(check(at(1)));
  table_.remove(1);
  EXPECT_FALSE(table_.find(at(1)).has_value());
  EXPECT_FALSE(check(at(1)));
  EXPECT_EQ(table_.size(), 0u);
}

TEST_F(PeerTableTest, DropsWhatIsNoBindingRequest) {
  const std::vector<std::byte> garbage(100, std::byte{0});
  EXPECT_FALSE(table_.check(garbage, at(1), answer_).has_value());
}

}  // namespace
}  // namespace antiphon

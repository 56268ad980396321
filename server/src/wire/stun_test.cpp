#include "wire/stun.h"

#include "wire/network_bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

// RFC 5769 section 2.1: a request whose username is "evtj:h6vY". Its PRIORITY, ICE-CONTROLLED,
// MESSAGE-INTEGRITY and FINGERPRINT are those of the RFC; the digest is the one that the password
// "VOkJxbRl1RmTxUk/WvJxBt" gives.
std::vector<std::byte> sample_request() {
  constexpr unsigned char kSample[] = {
      0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
      0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e,
      0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24,
      0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1,
      0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68,
      0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c,
      0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5,
      0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};
  const auto bytes = std::as_bytes(std::span(kSample));
  return {bytes.begin(), bytes.end()};
}

// Stands in for the password: the sum of what is signed.
StunDigest sum(std::span<const std::byte> bytes) {
  StunDigest digest{};
  for (std::size_t index = 0; index < bytes.size(); ++index)
    digest[index % digest.size()] ^= bytes[index];
  return digest;
}

std::vector<std::byte> request_of(std::string_view username) {
  std::array<std::byte, kStunBytesMax> into{};
  const auto size = write_stun_request({std::byte{7}}, username, true, sum, into);
  return {into.begin(), into.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(Stun, ReadsTheSampleRequestOfTheStandard) {
  const auto bytes = sample_request();

  const auto request = parse_stun_request(bytes);

  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->username, "evtj:h6vY");
  EXPECT_TRUE(request->is_controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_EQ(request->integrity_at, 76u);
}

TEST(Stun, RefusesARequestWithAChangedByte) {
  const auto good = sample_request();
  for (std::size_t index = 20; index < good.size(); ++index) {
    if (index == 100 || index == 101) continue;  // then it has no FINGERPRINT, and needs none
    auto bytes = good;
    bytes[index] ^= std::byte{0x01};
    EXPECT_FALSE(parse_stun_request(bytes).has_value()) << index;
  }
}

TEST(Stun, RefusesEveryCutOfARequest) {
  const auto good = sample_request();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_stun_request(std::span(good).first(size)).has_value()) << size;
}

TEST(Stun, BelievesOnlyWhoKnowsThePassword) {
  const auto bytes = request_of("ours:theirs");
  const auto request = parse_stun_request(bytes);
  ASSERT_TRUE(request.has_value());

  EXPECT_TRUE(request->use_candidate);
  EXPECT_TRUE(has_valid_integrity(bytes, *request, sum));
  EXPECT_FALSE(has_valid_integrity(bytes, *request, [](auto) { return StunDigest{}; }));
}

TEST(Stun, AnswersWithTheMappedAddress) {
  std::array<std::byte, kStunBytesMax> into{};
  const StunEndpoint mapped{{192, 0, 2, 1}, true, 32'853};

  const auto size = write_stun_response({std::byte{7}}, mapped, sum, into);

  EXPECT_EQ(size, 64u);
  EXPECT_EQ(read_u16(into, 0), 0x0101);
  EXPECT_EQ(read_u16(into, 2), 44);
  EXPECT_EQ(read_u16(into, 20), 0x0020);
  EXPECT_EQ(read_u16(into, 26), 0xa147);  // RFC 5769 section 2.2
  EXPECT_EQ(read_u32(into, 28), 0xe112a643u);
}

TEST(Stun, TheAnswerIsNotLongerThanTheShortestRequest) {
  std::array<std::byte, kStunBytesMax> into{};
  EXPECT_LE(write_stun_response({}, {{}, true, 1}, sum, into), request_of("abcdefgh:x").size());
}

TEST(Stun, RefusesARequestWithoutIntegrity) {
  auto bytes = request_of("ours:theirs");
  const auto request = parse_stun_request(bytes);
  ASSERT_TRUE(request.has_value());
  bytes.resize(request->integrity_at);
  write_u16(bytes, 2, static_cast<unsigned>(bytes.size() - 20));

  EXPECT_EQ(parse_stun_request(bytes).error().code, ErrorCode::protocol_error);
}

}  // namespace
}  // namespace antiphon

#include "wire/rtp.h"

#include "wire/rtcp.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (const unsigned value : values)
    bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(Rtp, ReadsWhatItWrites) {
  std::array<std::byte, kRtpHeaderBytes> bytes{};
  const RtpHeader header{.payload_type = 111,
                         .marker = true,
                         .sequence = 65'535,
                         .timestamp = 0xfedcba98,
                         .ssrc = 0x12345678};

  write_rtp_header(header, bytes);

  const auto packet = parse_rtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->header, header);
  EXPECT_TRUE(packet->payload.empty());
}

TEST(Rtp, StepsOverSourcesExtensionAndPadding) {
  // Version 2, padding, extension, one CSRC; payload AA BB; two bytes of padding.
  const auto bytes = bytes_of({0xb1, 0x6f, 0, 1, 0,    0,    0, 2, 0, 0, 0, 3,  // header
                               0,    0,    0, 9,                                // CSRC
                               0xbe, 0xde, 0, 1, 0x10, 0x80, 0, 0,              // extension
                               0xaa, 0xbb, 0, 2});

  const auto packet = parse_rtp(bytes);

  ASSERT_TRUE(packet.has_value());
  ASSERT_EQ(packet->payload.size(), 2u);
  EXPECT_EQ(packet->payload[0], std::byte{0xaa});
}

TEST(Rtp, RefusesLengthsThatDoNotFit) {
  EXPECT_FALSE(parse_rtp(bytes_of({0x80, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0})));
  EXPECT_FALSE(parse_rtp(bytes_of({0x8f, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3})));
  EXPECT_FALSE(parse_rtp(bytes_of({0x90, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 255, 255})));
  EXPECT_FALSE(parse_rtp(bytes_of({0xa0, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 200})));
  EXPECT_FALSE(parse_rtp(bytes_of({0x40, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3})));
}

TEST(Rtp, MeasuresSequencesAcrossTheWrap) {
  EXPECT_EQ(sequence_distance(65'535, 0), 1);
  EXPECT_EQ(sequence_distance(0, 65'535), -1);
  EXPECT_EQ(sequence_distance(10, 15), 5);
}

TEST(Rtcp, ReadsWhatItWrites) {
  RtcpToSend what{.ssrc = 1,
                  .sender = RtcpSenderInfo{1ull << 33 | 5, 960, 3, 240},
                  .report = RtcpReport{2, 128, 0x00ffffff, 70'000, 7, 8, 9},
                  .name = "agent",
                  .says_goodbye = true};
  std::array<std::byte, kRtcpWrittenMax> into{};

  const std::size_t size = write_rtcp(what, into);

  const auto read = parse_rtcp(std::span(into).first(size));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->sender, what.sender);
  ASSERT_EQ(read->reports.size(), 1u);
  EXPECT_EQ(read->reports[0], *what.report);
  EXPECT_TRUE(read->says_goodbye);
}

TEST(Rtcp, AReceiverReportNeedsNoReport) {
  std::array<std::byte, kRtcpWrittenMax> into{};
  const std::size_t size = write_rtcp({.ssrc = 1, .name = "a"}, into);
  EXPECT_EQ(size, 8u + 12u);
  EXPECT_FALSE(parse_rtcp(std::span(into).first(size))->sender.has_value());
}

TEST(Rtcp, TheLongestCompoundFits) {
  const std::string name(300, 'n');
  std::array<std::byte, kRtcpWrittenMax> into{};
  const std::size_t size = write_rtcp({.ssrc = 1,
                                       .sender = RtcpSenderInfo{},
                                       .report = RtcpReport{},
                                       .name = name,
                                       .says_goodbye = true},
                                      into);
  EXPECT_LE(size, kRtcpWrittenMax);
  EXPECT_TRUE(parse_rtcp(std::span(into).first(size)).has_value());
}

TEST(Rtcp, RefusesEveryCutOfACompound) {
  std::array<std::byte, kRtcpWrittenMax> into{};
  const std::size_t size = write_rtcp(
      {.ssrc = 1, .sender = RtcpSenderInfo{}, .report = RtcpReport{}, .name = "a"}, into);
  for (std::size_t cut = 0; cut < size; ++cut) {
    if (cut == 52) continue;  // where the first part ends
    EXPECT_FALSE(parse_rtcp(std::span(into).first(cut)).has_value()) << cut;
  }
}

TEST(Rtcp, RefusesMoreReportsThanItHas) {
  EXPECT_FALSE(parse_rtcp(bytes_of({0x85, 201, 0, 1, 0, 0, 0, 1})));
  EXPECT_FALSE(parse_rtcp(bytes_of({0x80, 200, 0, 1, 0, 0, 0, 1})));
}

}  // namespace
}  // namespace antiphon

#include "dsp/opus_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace antiphon {
namespace {

std::array<Sample, 320> tone_frame(int index) {
  std::array<Sample, 320> frame{};
  for (int sample = 0; sample < 320; ++sample) {
    const double time = (index * 320 + sample) / 16'000.0;
    frame[static_cast<std::size_t>(sample)] =
        static_cast<Sample>(8'000 * std::sin(2 * std::numbers::pi * 440 * time));
  }
  return frame;
}

double level(std::span<const Sample> samples) {
  double sum = 0;
  for (const Sample sample : samples)
    sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

class OpusTest : public ::testing::Test {
 protected:
  std::vector<std::byte> encode(int index) {
    std::array<std::byte, kOpusPacketMax> packet{};
    const std::size_t size = sender_.encode(tone_frame(index), packet);
    return {packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)};
  }

  OpusSender sender_ = *OpusSender::make();
  OpusReceiver receiver_ = *OpusReceiver::make();
};

TEST_F(OpusTest, ATonePassesWithItsLevel) {
  double last = 0;
  for (int index = 0; index < 20; ++index) {
    const auto packet = encode(index);
    EXPECT_GT(packet.size(), 20u);
    EXPECT_LT(packet.size(), 200u);
    const auto samples = receiver_.decode(packet);
    ASSERT_TRUE(samples.has_value());
    ASSERT_EQ(samples->size(), 320u);
    last = level(*samples);
  }
  EXPECT_NEAR(last, 8'000 / std::numbers::sqrt2, 600);
}

TEST_F(OpusTest, WhatIsNoPacketLeavesTheDecoderGood) {
  EXPECT_FALSE(receiver_.decode({}).has_value());
  EXPECT_FALSE(receiver_.decode(std::vector<std::byte>(3, std::byte{0xff})).has_value());
  EXPECT_TRUE(receiver_.decode(encode(0)).has_value());
}

TEST_F(OpusTest, ConcealsALostPacket) {
  for (int index = 0; index < 10; ++index)
    ASSERT_TRUE(receiver_.decode(encode(index)).has_value());
  const auto made_up = receiver_.conceal();
  EXPECT_EQ(made_up.size(), 320u);
  EXPECT_GT(level(made_up), 1'000);
}

TEST_F(OpusTest, RepairsLossOnlyWhileItIsReported) {
  EXPECT_FALSE(sender_.repairs_loss());
  sender_.expect_loss(2);
  EXPECT_FALSE(sender_.repairs_loss());
  sender_.expect_loss(10);
  EXPECT_TRUE(sender_.repairs_loss());
  sender_.expect_loss(1);
  EXPECT_TRUE(sender_.repairs_loss());
  sender_.expect_loss(0);
  EXPECT_FALSE(sender_.repairs_loss());
}

TEST_F(OpusTest, ALostPacketIsReadFromItsSuccessor) {
  sender_.expect_loss(20);
  for (int index = 0; index < 30; ++index)
    ASSERT_TRUE(receiver_.decode(encode(index)).has_value());
  static_cast<void>(encode(30));  // lost
  const auto successor = encode(31);
  const auto repaired = receiver_.conceal(successor);
  ASSERT_EQ(repaired.size(), 320u);
  EXPECT_GT(level(repaired), 2'000);  // the copy is coarser than what it stands for
}

}  // namespace
}  // namespace antiphon

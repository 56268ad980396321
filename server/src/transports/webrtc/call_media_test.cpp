#include "transports/webrtc/call_media.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using Datagram = std::vector<std::byte>;

SrtpKeys keys() {
  SrtpKeys made{SrtpProfile::aead_aes_128_gcm, std::vector<std::byte>(2 * (16 + 12))};
  for (std::size_t index = 0; index < made.material.size(); ++index)
    made.material[index] = static_cast<std::byte>(index);
  return made;
}

// A caller and the server, on one manual time.
class CallMediaTest : public ::testing::Test {
 protected:
  CallMediaTest() {
    caller_ = *CallMedia::make(
        keys(),
        {.payload_type = 111, .ssrc = 7, .first_sequence = 65'530, .role = DtlsRole::client},
        metrics_, [this](const AudioFrame& frame) { heard_by_caller_.push_back(frame); });
    server_ = *CallMedia::make(keys(), {.payload_type = 111, .ssrc = 9}, metrics_,
                               [this](const AudioFrame& frame) { heard_.push_back(frame); });
  }

  static AudioFrame tone(int index) {
    AudioFrame frame;
    for (int sample = 0; sample < 320; ++sample) {
      frame.samples[static_cast<std::size_t>(sample)] = static_cast<Sample>(
          8'000 * std::sin((index * 320 + sample) * 2 * 3.14159265 * 440 / 16'000));
    }
    return frame;
  }
  Datagram speak() {
    now_ += 20ms;
    const auto packet = caller_->write(tone(spoken_++), now_);
    return {packet.begin(), packet.end()};
  }
  CallMedia::Taken give(Datagram datagram) { return server_->take(datagram, now_); }
  double level(const AudioFrame& frame) {
    double sum = 0;
    for (const Sample sample : frame.samples)
      sum += static_cast<double>(sample) * sample;
    return std::sqrt(sum / 320);
  }

  Metrics registry_;
  WebRtcMetrics metrics_{registry_};
  Timepoint now_{100s};
  std::vector<AudioFrame> heard_;
  std::vector<AudioFrame> heard_by_caller_;
  std::unique_ptr<CallMedia> caller_;
  std::unique_ptr<CallMedia> server_;
  int spoken_ = 0;
};

TEST_F(CallMediaTest, CarriesFramesAtTheirLevel) {
  for (int count = 0; count < 10; ++count)
    EXPECT_TRUE(give(speak()).is_authentic);
  ASSERT_EQ(heard_.size(), 10u);
  EXPECT_EQ(heard_[9].origin, Origin::received);
  EXPECT_NEAR(level(heard_[9]), 5'657, 500);
}

TEST_F(CallMediaTest, ConcealsALostPacketInItsPlace) {
  give(speak());
  static_cast<void>(speak());
  for (int count = 0; count < 3; ++count)
    give(speak());
  ASSERT_EQ(heard_.size(), 5u);
  EXPECT_EQ(heard_[1].origin, Origin::concealed);
  EXPECT_EQ(heard_[2].origin, Origin::received);
  EXPECT_EQ(metrics_.concealed.value(), 1u);
}

TEST_F(CallMediaTest, AReplayedOrForgedPacketIsNotHeard) {
  const Datagram packet = speak();
  EXPECT_TRUE(give(packet).is_authentic);
  EXPECT_FALSE(give(packet).is_authentic);
  Datagram forged = speak();
  forged[20] ^= std::byte{1};
  EXPECT_FALSE(give(forged).is_authentic);
  EXPECT_EQ(heard_.size(), 1u);
  EXPECT_EQ(metrics_.not_authentic.value(), 2u);
}

TEST_F(CallMediaTest, AFloodIsCutOffAtTwoSecondsAhead) {
  std::vector<Datagram> packets;
  for (int count = 0; count < 150; ++count)
    packets.push_back(speak());
  now_ = Timepoint{200s};
  for (const Datagram& packet : packets)
    give(packet);
  EXPECT_LE(heard_.size(), 101u);
  EXPECT_GT(metrics_.overrun.value(), 40u);
}

TEST_F(CallMediaTest, ReportsWhatWasLostAndRepairsWhatIsReported) {
  for (int count = 0; count < 30; ++count) {
    const Datagram packet = speak();
    if (count % 3 != 1) give(packet);
  }
  const auto report = server_->write_report(now_, WallTime{}, Farewell::no);
  Datagram datagram(report.begin(), report.end());
  ASSERT_TRUE(caller_->take(datagram, now_).is_authentic);
  // The caller now sends each frame twice: packets grow by their predecessor.
  Datagram last;
  for (int count = 0; count < 30; ++count)
    give(last = speak());
  static_cast<void>(speak());
  const std::size_t before = heard_.size();
  for (int count = 0; count < 3; ++count)
    give(speak());
  ASSERT_EQ(heard_.size(), before + 4);
  EXPECT_GT(level(heard_[before]), 2'000);
}

TEST_F(CallMediaTest, SaysGoodbye) {
  const auto report = caller_->write_report(now_, WallTime{}, Farewell::yes);
  Datagram datagram(report.begin(), report.end());
  const auto taken = give(datagram);
  EXPECT_TRUE(taken.is_authentic);
  EXPECT_TRUE(taken.says_goodbye);
}

TEST_F(CallMediaTest, GarbageIsDropped) {
  EXPECT_FALSE(give(Datagram(40, std::byte{0x80})).is_authentic);
  EXPECT_FALSE(give(Datagram(2, std::byte{0x80})).is_authentic);
  EXPECT_FALSE(give(Datagram{std::byte{0x80}, std::byte{200}}).is_authentic);
}

}  // namespace
}  // namespace antiphon

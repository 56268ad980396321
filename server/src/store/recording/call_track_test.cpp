#include "store/recording/call_track.h"

#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace antiphon {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::size_t kFrame = kFrameSamples.value();
constexpr Timepoint kBegan{seconds(1'000)};
constexpr Sample kClick = 20'000;

// Keeps both channels whole.
struct Tape {
  std::vector<Sample> caller;
  std::vector<Sample> agent;
  CallTrack::Sink sink() {
    return [this](const StereoBlock& block) {
      caller.insert(caller.end(), block.caller.begin(), block.caller.end());
      agent.insert(agent.end(), block.agent.begin(), block.agent.end());
    };
  }
};

std::vector<Sample> constant(Sample level, std::size_t count = kFrame) {
  return std::vector<Sample>(count, level);
}

// [first, end) of what is louder than silence.
std::pair<std::size_t, std::size_t> loud_part(const std::vector<Sample>& samples) {
  const auto is_loud = [](Sample sample) { return sample != 0; };
  const auto first = std::ranges::find_if(samples, is_loud);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), is_loud);
  return {static_cast<std::size_t>(first - samples.begin()),
          samples.size() - static_cast<std::size_t>(last - samples.rbegin())};
}

class CallTrackTest : public testing::Test {
 protected:
  void caller_at(Duration time, const std::vector<Sample>& samples) {
    track_.caller(kBegan + time, samples);
  }
  void agent_at(Duration time, const std::vector<Sample>& samples) {
    track_.agent(kBegan + time, samples);
  }
  void advance(Duration time) { track_.advance(kBegan + time, tape_.sink()); }
  void finish(Duration time) { track_.finish(kBegan + time, tape_.sink()); }

  CallTrack track_{kBegan};
  Tape tape_;
};

TEST_F(CallTrackTest, PutsBothSidesWhereTheClockSays) {
  caller_at(milliseconds(120), constant(1'000));  // ended then
  agent_at(milliseconds(200), constant(2'000));   // begins then
  finish(seconds(1));
  EXPECT_EQ(tape_.caller.size(), 16'000U);
  EXPECT_EQ(tape_.agent.size(), 16'000U);
  EXPECT_EQ(loud_part(tape_.caller), std::pair(std::size_t{1'600}, std::size_t{1'920}));
  EXPECT_EQ(loud_part(tape_.agent), std::pair(std::size_t{3'200}, std::size_t{3'520}));
}

TEST_F(CallTrackTest, JoinsFramesThatJitterWithoutASeam) {
  const int late[] = {0, 30, 12, 45, 3, 0, 20, 44, 9, 1};
  Duration last{0};
  for (int frame = 0; frame < 10; ++frame) {
    last = std::max<Duration>(last, milliseconds(20 * (frame + 1) + late[frame]));
    caller_at(last, constant(1'000));
  }
  finish(seconds(1));
  EXPECT_EQ(loud_part(tape_.caller), std::pair(std::size_t{0}, 10 * kFrame));
  EXPECT_EQ(std::ranges::count(tape_.caller, Sample{1'000}), 10 * 320);
}

TEST_F(CallTrackTest, LetsABurstFillTheHoleOfItsStall) {
  for (int frame = 1; frame <= 10; ++frame)
    caller_at(milliseconds(20 * frame), constant(1'000));
  for (int time = 200; time <= 480; time += 20)
    advance(milliseconds(time));
  // 280 ms of sound that was held up, at once.
  for (int frame = 11; frame <= 24; ++frame)
    caller_at(milliseconds(480), constant(1'000));
  for (int frame = 25; frame <= 50; ++frame) {
    caller_at(milliseconds(20 * frame), constant(1'000));
    advance(milliseconds(20 * frame));
  }
  finish(milliseconds(1'000));
  EXPECT_EQ(std::ranges::count(tape_.caller, Sample{1'000}), 50 * 320);
  EXPECT_EQ(track_.corrected(), 0);
}

TEST_F(CallTrackTest, KeepsAGapSilent) {
  for (int frame = 1; frame <= 10; ++frame)
    caller_at(milliseconds(20 * frame), constant(1'000));
  for (int frame = 60; frame <= 70; ++frame)
    caller_at(milliseconds(20 * frame), constant(1'000));
  for (int time = 0; time <= 2'000; time += 20)
    advance(milliseconds(time));
  finish(seconds(2));
  for (std::size_t at = 10 * kFrame; at < 59 * kFrame; ++at)
    ASSERT_EQ(tape_.caller[at], 0) << at;
  EXPECT_EQ(tape_.caller[59 * kFrame], 1'000);
  EXPECT_EQ(tape_.caller[70 * kFrame - 1], 1'000);
}

TEST_F(CallTrackTest, TakesTimesThatComeInAnyOrder) {
  SeededRandom random{Seed{5}};
  for (int frame = 0; frame < 500; ++frame) {
    const auto at = milliseconds(static_cast<int>(random.next() % 20'000)) - seconds(5);
    frame % 2 == 0 ? caller_at(at, constant(1'000)) : agent_at(at, constant(2'000));
    if (frame % 10 == 0) advance(milliseconds(frame * 20));
  }
  finish(seconds(10));
  EXPECT_GE(tape_.caller.size(), 160'000U);
  EXPECT_LE(tape_.caller.size(), 400'000U);
  EXPECT_EQ(tape_.caller.size(), tape_.agent.size());
}

TEST_F(CallTrackTest, DropsAndCountsWhatComesTenTimesTooFast) {
  for (int time = 20; time <= 4'000; time += 20) {
    for (int copy = 0; copy < 10; ++copy)
      caller_at(milliseconds(time), constant(1'000));
    advance(milliseconds(time));
  }
  finish(seconds(4));
  EXPECT_LE(tape_.caller.size(), 16'000U * 6);
  EXPECT_GT(track_.lost(), 16'000U * 30);
}

TEST_F(CallTrackTest, SilencesAPauseOnBothSides) {
  for (int frame = 1; frame <= 200; ++frame) {
    caller_at(milliseconds(20 * frame), constant(1'000));
    agent_at(milliseconds(20 * frame), constant(2'000));
    if (frame == 50) track_.pause(kBegan + milliseconds(1'000));
    if (frame == 51) track_.pause(kBegan + milliseconds(1'020));  // twice is once
    if (frame == 100) track_.resume(kBegan + milliseconds(2'000));
    advance(milliseconds(20 * frame));
  }
  finish(seconds(4));
  const std::size_t end = 32'000 + CallTrack::kResumeGuard;
  for (std::size_t at = 16'000; at < end; ++at)
    ASSERT_TRUE(tape_.caller[at] == 0 && tape_.agent[at] == 0) << at;
  EXPECT_EQ(tape_.caller[15'999], 1'000);
  EXPECT_EQ(tape_.agent[15'999], 2'000);
  EXPECT_EQ(tape_.caller[end], 1'000);
  EXPECT_EQ(tape_.agent[end], 2'000);
  EXPECT_EQ(track_.pauses(), (std::vector<SampleSpan>{{16'000, 36'800}}));
}

TEST_F(CallTrackTest, EndsAPauseWithTheCall) {
  track_.pause(kBegan + milliseconds(500));
  for (int frame = 1; frame <= 60; ++frame)
    caller_at(milliseconds(20 * frame), constant(1'000));
  finish(milliseconds(1'200));
  EXPECT_EQ(loud_part(tape_.caller).second, 8'000U);
  EXPECT_EQ(track_.pauses(), (std::vector<SampleSpan>{{8'000, 19'200}}));
}

TEST_F(CallTrackTest, HoldsBackNoMoreThanItsPromise) {
  for (int frame = 1; frame <= 500; ++frame) {
    caller_at(milliseconds(20 * frame), constant(1'000));
    advance(milliseconds(20 * frame));
    const auto behind = static_cast<SamplePosition>(320 * frame) - track_.length();
    ASSERT_LT(behind, CallTrack::kSettled + CallTrack::kBlock);
  }
}

// An hour with a peer whose clock is off: three seconds of speech, two of line noise, a click in
// each; the clicks must lie where the caller made them. (parts per million, jitter in ms)
class Drift : public testing::TestWithParam<std::tuple<int, int>> {};

INSTANTIATE_TEST_SUITE_P(, Drift,
                         testing::Values(std::tuple(20'000, 0), std::tuple(-20'000, 0),
                                         std::tuple(20'000, 40), std::tuple(-100, 60)),
                         [](const auto& info) {
                           const int off = std::get<0>(info.param);
                           return (off < 0 ? "Slow" : "Fast") + std::to_string(std::abs(off)) +
                                  "PpmJitter" + std::to_string(std::get<1>(info.param));
                         });

TEST_P(Drift, StaysInPlaceOverAnHour) {
  const auto [ppm, jitter_ms] = GetParam();
  const double rate = 16'000 * (1 + ppm * 1e-6);
  const auto frames = static_cast<std::int64_t>(3'600 * rate / 320);
  SeededRandom random{Seed{7}};
  CallTrack track(kBegan);
  std::vector<double> clicks;  // found, in samples
  std::int64_t given = 0;
  Sample before = 0;
  const CallTrack::Sink sink = [&](const StereoBlock& block) {
    for (const Sample sample : block.caller) {
      if (sample > 12'000 && before <= 12'000) clicks.push_back(static_cast<double>(given));
      before = sample;
      ++given;
    }
  };
  std::vector<double> made;
  Duration arrived{0};
  std::vector<Sample> samples(kFrame);
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    const bool speech = frame % 250 < 150;
    for (std::size_t at = 0; at < kFrame; ++at)
      samples[at] = static_cast<Sample>((speech ? 5'000 : 150) * (at % 16 < 8 ? 1 : -1));
    if (frame % 250 == 140 || frame % 250 == 240) {
      for (std::size_t at = 100; at < 108; ++at)
        samples[at] = kClick;
      made.push_back((static_cast<double>(frame) * kFrame + 100) / rate * 16'000);
    }
    const double ended = static_cast<double>(frame + 1) * kFrame / rate * 1e9;
    const double late = jitter_ms == 0 ? 0 : static_cast<double>(random.next() % 1'000) / 1'000;
    arrived =
        std::max(arrived, nanoseconds(static_cast<std::int64_t>(ended + late * jitter_ms * 1e6)));
    track.caller(kBegan + arrived, samples);
    if (frame % 3 == 0) track.advance(kBegan + arrived, sink);
  }
  track.finish(kBegan + arrived, sink);
  ASSERT_EQ(clicks.size(), made.size());
  double worst = 0;
  // The first half minute is how long it takes to know the peer's clock.
  for (std::size_t click = 12; click < clicks.size(); ++click)
    worst = std::max(worst, std::abs(clicks[click] - made[click]));
  // A peer that is 2 % fast and comes 40 ms late or early costs half a millisecond more.
  EXPECT_LE(worst / 16, jitter_ms == 0 ? 5.0 : 6.0) << "milliseconds";
  RecordProperty("worst_microseconds", static_cast<int>(worst / 16 * 1'000));
}

TEST(Stretch, MeetsBothEnds) {
  std::vector<Sample> in(320);
  for (std::size_t at = 0; at < in.size(); ++at)
    in[at] = static_cast<Sample>(at * 100);
  std::vector<Sample> out(312);
  stretch(in, out);
  EXPECT_EQ(out.front(), 0);
  EXPECT_NEAR(out.back(), 31'900, 110);
  EXPECT_TRUE(std::ranges::is_sorted(out));
}

}  // namespace
}  // namespace antiphon

#include "transports/frame_assembler.h"

#include "core/random.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

const Timepoint kStart{1h};

std::string audio(std::size_t samples, Sample first = 0) {
  std::string bytes;
  for (std::size_t index = 0; index < samples; ++index) {
    const auto sample = static_cast<std::uint16_t>(static_cast<std::size_t>(first) + index);
    bytes += static_cast<char>(sample & 0xff);
    bytes += static_cast<char>(sample >> 8);
  }
  return bytes;
}

struct Frames {
  Result<> push(std::string_view bytes, Timepoint now = kStart) {
    return assembler.push(bytes, now, [this](const AudioFrame& frame) { got.push_back(frame); });
  }
  ErrorCode refusal(std::string_view bytes) {
    const auto pushed = push(bytes);
    return pushed ? ErrorCode::internal : pushed.error().code;
  }
  FrameAssembler assembler;
  std::vector<AudioFrame> got;
};

TEST(FrameAssembler, MakesOneFrameOf640Bytes) {
  Frames frames;
  ASSERT_TRUE(frames.push(audio(320, 100), kStart + 5ms));
  ASSERT_EQ(frames.got.size(), 1u);
  EXPECT_EQ(frames.got[0].samples[0], 100);
  EXPECT_EQ(frames.got[0].samples[319], 419);
  EXPECT_EQ(frames.got[0].origin, Origin::received);
  EXPECT_EQ(frames.got[0].captured_at, kStart + 5ms);
}

TEST(FrameAssembler, ReadsNegativeSamplesLittleEndian) {
  Frames frames;
  ASSERT_TRUE(frames.push(std::string("\xfe\xff\x00\x80", 4) + audio(318)));
  EXPECT_EQ(frames.got.at(0).samples[0], -2);
  EXPECT_EQ(frames.got.at(0).samples[1], -32'768);
}

TEST(FrameAssembler, KeepsWhatIsLessThanAFrameForTheNextPiece) {
  Frames frames;
  ASSERT_TRUE(frames.push(audio(319)));
  EXPECT_TRUE(frames.got.empty());
  ASSERT_TRUE(frames.push(audio(322, 319)));
  ASSERT_EQ(frames.got.size(), 2u);
  EXPECT_EQ(frames.got[1].samples[0], 320);
}

TEST(FrameAssembler, GivesTheSameFramesHoweverTheAudioIsCut) {
  const std::string whole = audio(320 * 40);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRandom random{Seed{seed}};
    Frames frames;
    Timepoint now = kStart;
    for (std::size_t at = 0; at < whole.size();) {
      const std::size_t size = std::min(2 * (1 + random.below(3'200)), whole.size() - at);
      ASSERT_TRUE(frames.push(std::string_view(whole).substr(at, size), now)) << "seed " << seed;
      at += size;
      now += 200ms;
    }
    ASSERT_EQ(frames.got.size(), 40u) << "seed " << seed;
    for (std::size_t index = 0; index < 40; ++index) {
      EXPECT_EQ(frames.got[index].samples[7], static_cast<Sample>(index * 320 + 7))
          << "seed " << seed;
    }
  }
}

TEST(FrameAssembler, RefusesHalfASampleAndNothingAtAll) {
  Frames frames;
  EXPECT_EQ(frames.refusal("a"), ErrorCode::invalid_argument);
  EXPECT_EQ(frames.refusal(std::string(641, 'a')), ErrorCode::invalid_argument);
  EXPECT_EQ(frames.refusal(""), ErrorCode::invalid_argument);
  EXPECT_TRUE(frames.got.empty());
}

TEST(FrameAssembler, Takes200MillisecondsAtATimeAndNoMore) {
  Frames frames;
  EXPECT_TRUE(frames.push(std::string(6'400, 'a')));
  EXPECT_EQ(frames.got.size(), 10u);
  EXPECT_EQ(frames.refusal(std::string(6'402, 'a')), ErrorCode::too_large);
}

TEST(FrameAssembler, TakesTwoSecondsAheadOfRealTimeAndNoMore) {
  Frames frames;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(frames.push(std::string(6'400, 'a')));
  EXPECT_EQ(frames.refusal("ab"), ErrorCode::resource_exhausted);
}

TEST(FrameAssembler, AllowsForAPauseButSavesNoneUp) {
  Frames frames;
  ASSERT_TRUE(frames.push(audio(320)));
  const Timepoint later = kStart + 1h;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(frames.push(std::string(6'400, 'a'), later));
  EXPECT_FALSE(frames.push("ab", later));
}

TEST(FrameAssembler, TakesRealTimeForHours) {
  Frames frames;
  const std::string frame = audio(320);
  for (int i = 0; i < 360'000; ++i) {
    ASSERT_TRUE(frames.push(frame, kStart + i * 20ms));
    frames.got.clear();
  }
}

}  // namespace
}  // namespace antiphon

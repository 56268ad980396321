#include "dsp/level.h"

#include "dsp/test_tone.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

void observe(NoiseFloor& floor, float level, int frames) {
  for (int i = 0; i < frames; ++i)
    floor.observe(Decibels(level));
}

TEST(Level, MeasuresFullScaleAsZeroAndASineThreeBelow) {
  const std::vector<Sample> square(320, Sample{-32'768});
  EXPECT_NEAR(level_of(square).value(), 0.0F, 0.01F);
  EXPECT_NEAR(level_of(tone(1'000.0, 320, kEngineRate, 32'767.0)).value(), -3.01F, 0.02F);
}

TEST(Level, OfDigitalSilenceAndOfNothingIsTheStatedFloor) {
  EXPECT_EQ(level_of(std::vector<Sample>(320, Sample{0})), kSilenceLevel);
  EXPECT_EQ(level_of({}), kSilenceLevel);
}

TEST(NoiseFloor, StaysWhereItIsWhileSomebodySpeaks) {
  NoiseFloor floor;
  observe(floor, -60.0F, 80);
  observe(floor, -20.0F, 79);
  EXPECT_NEAR(floor.level().value(), -60.0F, 0.5F);
}

TEST(NoiseFloor, FollowsALineThatGetsLouderWithinFourSeconds) {
  NoiseFloor floor;
  observe(floor, -65.0F, 100);
  observe(floor, -45.0F, 200);
  EXPECT_NEAR(floor.level().value(), -45.0F, 0.5F);
}

TEST(NoiseFloor, FollowsALineThatGetsQuieterAtOnce) {
  NoiseFloor floor;
  observe(floor, -45.0F, 200);
  observe(floor, -60.0F, 10);
  EXPECT_NEAR(floor.level().value(), -60.0F, 0.5F);
}

TEST(NoiseFloor, IsNeitherBelowACodecsSilenceNorSoHighThatItHidesSpeech) {
  NoiseFloor silent;
  observe(silent, -96.0F, 200);
  EXPECT_EQ(silent.level(), NoiseFloor::kLowest);
  NoiseFloor loud;
  observe(loud, -5.0F, 200);
  EXPECT_EQ(loud.level(), NoiseFloor::kHighest);
}

}  // namespace
}  // namespace antiphon

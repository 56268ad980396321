#include "providers/sounds.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

double distance(std::string_view left, std::string_view right) {
  return sound_distance(sounds_of(left), sounds_of(right));
}

TEST(Sounds, OfWordsThatSoundTheSameAreTheSame) {
  EXPECT_EQ(sounds_of("Two"), sounds_of("too"));
  EXPECT_EQ(sounds_of("wheel chair"), sounds_of("wheelchair")) << "a space makes no sound";
}

TEST(Sounds, AreOnePerPhoneHoweverItIsSpelled) {
  EXPECT_EQ(sounds_of("park").size(), 4U);
  EXPECT_EQ(sounds_of("knight").size(), 3U);
}

TEST(Sounds, OfNothingThatIsALetterAreNone) {
  EXPECT_TRUE(sounds_of("").empty());
  EXPECT_TRUE(sounds_of("42 !?").empty());
  EXPECT_TRUE(sounds_of("\xFF\xFE").empty());
}

TEST(Sounds, OfALongTextAreTheFirstOnes) {
  std::string text;
  for (int word = 0; word < 100; ++word)
    text += "park ";
  EXPECT_EQ(sounds_of(text).size(), kSoundsMax);
  EXPECT_TRUE(sounds_of(std::string(10'000, 'a')).empty()) << "no word";
}

TEST(SoundDistance, IsNothingBetweenTheSameAndOneToSilence) {
  EXPECT_DOUBLE_EQ(distance("park", "park"), 0);
  EXPECT_DOUBLE_EQ(distance("", ""), 0);
  EXPECT_DOUBLE_EQ(distance("park", ""), 1);
}

TEST(SoundDistance, CountsOneStopForAnotherAsHalfASound) {
  EXPECT_DOUBLE_EQ(distance("part", "park"), 0.5 / 4);
  EXPECT_DOUBLE_EQ(distance("park", "part"), 0.5 / 4);
}

TEST(SoundDistance, IsSmallWhereARecognizerErrsAndLargeBetweenOtherWords) {
  EXPECT_LT(distance("real chair", "wheelchair"), 0.2);
  EXPECT_LT(distance("lightening", "whitening"), 0.2);
  EXPECT_LT(distance("gleaming", "cleaning"), 0.2);
  EXPECT_GT(distance("dishwasher", "appointment"), 0.5);
  EXPECT_GT(distance("haircut", "checkup"), 0.3);
}

}  // namespace
}  // namespace antiphon

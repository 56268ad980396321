#include "engine/clause_budget.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

std::vector<Sample> voice(std::size_t seconds) {
  return std::vector<Sample>(seconds * kEngineRate.value(), 5'000);
}
std::vector<Sample> silence(std::size_t seconds) {
  return std::vector<Sample>(seconds * kEngineRate.value());
}

std::string of_words(int count) {
  std::string text;
  for (int word = 0; word < count; ++word)
    text += "word ";
  return text;
}

TEST(ClauseBudget, AdmitsTenSecondsOfAnyWordAndAMinuteOfManyWords) {
  EXPECT_TRUE(ClauseBudget("Hi.", 1.0).admit(voice(10)));
  EXPECT_FALSE(ClauseBudget("Hi.", 1.0).admit(voice(11)));
  EXPECT_TRUE(ClauseBudget(of_words(60), 1.0).admit(voice(60)));
  EXPECT_FALSE(ClauseBudget(of_words(60), 1.0).admit(voice(61)));
}

TEST(ClauseBudget, GivesASlowVoiceMoreTime) {
  EXPECT_TRUE(ClauseBudget("Hi.", 0.5).admit(voice(20)));
  EXPECT_FALSE(ClauseBudget("Hi.", 0.5).admit(voice(21)));
}

TEST(ClauseBudget, CountsAllChunksTogether) {
  ClauseBudget budget("Hi.", 1.0);
  EXPECT_TRUE(budget.admit(voice(6)));
  const auto refused = budget.admit(voice(6));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST(ClauseBudget, RefusesMoreThanFiveSecondsOfSilenceInARow) {
  ClauseBudget budget(of_words(60), 1.0);
  EXPECT_TRUE(budget.admit(silence(4)));
  EXPECT_TRUE(budget.admit(voice(1)));
  EXPECT_TRUE(budget.admit(silence(3)));
  EXPECT_TRUE(budget.admit(silence(2)));
  const auto refused = budget.admit(silence(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::protocol_error);
}

TEST(ClauseBudget, RefusesEmptyChunksWithoutEnd) {
  ClauseBudget budget("Hi.", 1.0);
  for (int chunk = 0; chunk < 50; ++chunk)
    ASSERT_TRUE(budget.admit({}));
  EXPECT_FALSE(budget.admit({}));
}

}  // namespace
}  // namespace antiphon

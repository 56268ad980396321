#include "service/memory_attempt_limiter.h"

#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr AttemptRule kRule{"test", 2, 10s};

struct AttemptLimiterTest : testing::Test {
  boost::asio::io_context loop{1};
  ManualClock clock;
  MemoryAttemptLimiter limiter{clock};

  AttemptVerdict spend(std::string key) { return *run(loop, limiter.spend(kRule, std::move(key))); }
};

TEST_F(AttemptLimiterTest, SlidesInsteadOfBeginningAnew) {
  EXPECT_TRUE(spend("a").allowed);
  clock.advance(6s);
  EXPECT_TRUE(spend("a").allowed);
  const AttemptVerdict full = spend("a");
  EXPECT_FALSE(full.allowed);
  EXPECT_EQ(full.retry_after, 4s);
  clock.advance(4s);
  EXPECT_TRUE(spend("a").allowed);
  EXPECT_FALSE(spend("a").allowed) << "the second attempt still counts";
}

TEST_F(AttemptLimiterTest, CountsEachKeyForItself) {
  EXPECT_TRUE(spend("a").allowed);
  EXPECT_TRUE(spend("a").allowed);
  EXPECT_FALSE(spend("a").allowed);
  EXPECT_TRUE(spend("b").allowed);
}

TEST_F(AttemptLimiterTest, TakesBackWhatWasNoGuess) {
  EXPECT_TRUE(spend("a").allowed);
  EXPECT_TRUE(spend("a").allowed);
  ASSERT_TRUE(run(loop, limiter.refund(kRule, "a")));
  EXPECT_TRUE(spend("a").allowed);
  EXPECT_FALSE(spend("a").allowed);
}

TEST_F(AttemptLimiterTest, ForgetsTheKeyThatWasTouchedLongestAgo) {
  EXPECT_TRUE(spend("first").allowed);
  EXPECT_TRUE(spend("first").allowed);
  for (std::size_t key = 0; key < MemoryAttemptLimiter::kKeysMax; ++key)
    ASSERT_TRUE(spend(std::to_string(key)).allowed);
  EXPECT_EQ(limiter.size(), MemoryAttemptLimiter::kKeysMax);
  EXPECT_TRUE(spend("first").allowed);
}

}  // namespace
}  // namespace antiphon

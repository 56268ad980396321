// The same windows of attempts in this process and in a real Redis.
#include "service/memory_attempt_limiter.h"
#include "store/redis/attempt_limiter.h"
#include "store/redis/redis_fixture_test.h"

namespace antiphon::store {
namespace {

using namespace std::chrono_literals;

enum class Where : std::uint8_t { memory, redis };

constexpr AttemptRule kRule{"sign_in", 3, 300s};

class AttemptLimiterContract : public testing::TestWithParam<Where> {
 protected:
  AttemptLimiter& limiter() {
    if (GetParam() == Where::memory) return memory_;
    return redis_;
  }
  AttemptVerdict spend(std::string key = "ada") {
    const auto verdict = run(test_.loop, limiter().spend(kRule, std::move(key)));
    EXPECT_TRUE(verdict);
    return verdict.value_or(AttemptVerdict{});
  }

  TestRedis test_;
  MemoryAttemptLimiter memory_{test_.clock};
  RedisAttemptLimiter redis_{test_.client, memory_, test_.clock, test_.random};
};

INSTANTIATE_TEST_SUITE_P(, AttemptLimiterContract, testing::Values(Where::memory, Where::redis),
                         [](const auto& info) {
                           return info.param == Where::memory ? "Memory" : "Redis";
                         });

TEST_P(AttemptLimiterContract, SlidesInsteadOfBeginningAnew) {
  EXPECT_TRUE(spend().allowed);
  test_.clock.advance(100s);
  EXPECT_TRUE(spend().allowed);
  EXPECT_TRUE(spend().allowed);
  const auto refused = spend();
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, 200s);
  test_.clock.advance(200s);
  EXPECT_TRUE(spend().allowed);
  EXPECT_FALSE(spend().allowed);
}

TEST_P(AttemptLimiterContract, CountsEachKeyForItself) {
  for (int tried = 0; tried < 3; ++tried)
    EXPECT_TRUE(spend("198.51.100.9 ada").allowed);
  EXPECT_FALSE(spend("198.51.100.9 ada").allowed);
  EXPECT_TRUE(spend("192.0.2.7 ada").allowed);
}

TEST_P(AttemptLimiterContract, TakesBackWhatWasNoGuess) {
  for (int tried = 0; tried < 10; ++tried) {
    EXPECT_TRUE(spend().allowed) << tried;
    EXPECT_TRUE(run(test_.loop, limiter().refund(kRule, "ada")));
  }
  EXPECT_TRUE(run(test_.loop, limiter().refund(kRule, "nobody")));
}

class RedisAttemptLimiterTest : public testing::Test {
 protected:
  bool spend(RedisAttemptLimiter& limiter) {
    return run(test_.loop, limiter.spend(kRule, "192.0.2.7 ada@example.test"))->allowed;
  }

  TestRedis test_;
  MemoryAttemptLimiter first_own_{test_.clock};
  MemoryAttemptLimiter second_own_{test_.clock};
  RedisAttemptLimiter first_{test_.client, first_own_, test_.clock, test_.random};
  RedisAttemptLimiter second_{test_.client, second_own_, test_.clock, test_.random};
};

TEST_F(RedisAttemptLimiterTest, CountsForAllServersTogether) {
  EXPECT_TRUE(spend(first_));
  EXPECT_TRUE(spend(second_));
  EXPECT_TRUE(spend(first_));
  EXPECT_FALSE(spend(second_));
  EXPECT_FALSE(spend(first_));
}

TEST_F(RedisAttemptLimiterTest, TellsRedisNeitherNamesNorAddressesAndForgets) {
  EXPECT_TRUE(spend(first_));
  const auto keys = run(test_.loop, test_.client.command({"KEYS", "*"}));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->items.size(), 1U);
  EXPECT_EQ(keys->items[0].text.find("ada"), std::string::npos);
  EXPECT_EQ(keys->items[0].text.find("192"), std::string::npos);
  EXPECT_EQ(keys->items[0].text.size(), std::string_view("antiphon:attempts:").size() + 64);
  const auto left = run(test_.loop, test_.client.command({"PTTL", keys->items[0].text}));
  ASSERT_TRUE(left);
  EXPECT_GT(left->number, 290'000);
  EXPECT_LE(left->number, 300'000);
}

TEST_F(RedisAttemptLimiterTest, GoesOnWithItsOwnCountsWhileRedisIsAway) {
  run(test_.loop, test_.client.stop());
  for (int tried = 0; tried < 3; ++tried)
    EXPECT_TRUE(spend(first_));
  EXPECT_FALSE(spend(first_));
  EXPECT_TRUE(spend(second_));
}

}  // namespace
}  // namespace antiphon::store

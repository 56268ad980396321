// The same windows in this process and in a real Redis.
#include "store/memory/rate_windows.h"
#include "store/redis/rate_windows.h"
#include "store/redis/redis_fixture_test.h"

namespace antiphon::store {
namespace {

using namespace std::chrono_literals;

enum class Where : std::uint8_t { memory, redis };

class RateWindowsTest : public testing::TestWithParam<Where> {
 protected:
  RateWindowsTest() {
    // To the beginning of a minute, so that stretches are known.
    test_.clock.jump_wall(60s - to_milliseconds(test_.clock.wall().time_since_epoch()) % 60s);
  }
  RateWindows& windows() {
    if (GetParam() == Where::memory) return memory_;
    return redis_;
  }
  std::vector<RateAnswer> take(std::vector<RateAsk> asks) {
    return run(test_.loop, windows().take(std::move(asks)));
  }
  // How many of `count` requests are allowed.
  int allowed(int count, std::uint32_t limit) {
    int passed = 0;
    for (int i = 0; i < count; ++i)
      passed += take({{"a", limit}})[0].allowed ? 1 : 0;
    return passed;
  }

  TestRedis test_;
  MemoryRateWindows memory_{test_.clock};
  RedisRateWindows redis_{test_.client, memory_, test_.clock};
};

INSTANTIATE_TEST_SUITE_P(, RateWindowsTest, testing::Values(Where::memory, Where::redis),
                         [](const auto& info) {
                           return info.param == Where::memory ? "Memory" : "Redis";
                         });

TEST_P(RateWindowsTest, CountsDownAndSaysWhenOneMoreIsAllowed) {
  const auto first = take({{"a", 3}})[0];
  EXPECT_TRUE(first.allowed);
  EXPECT_EQ(first.remaining, 2u);
  EXPECT_EQ(allowed(5, 3), 2);
  const auto refused = take({{"a", 3}})[0];
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 0u);
  // 60 s to the next stretch, and a third of it until one of three has slid out.
  EXPECT_EQ(refused.reset, 80'001ms);
  test_.clock.advance(79s);
  EXPECT_FALSE(take({{"a", 3}})[0].allowed);
  test_.clock.advance(1s);
  EXPECT_TRUE(take({{"a", 3}})[0].allowed);
}

TEST_P(RateWindowsTest, SlidesInsteadOfStartingAnewEachMinute) {
  test_.clock.advance(59s);
  EXPECT_EQ(allowed(20, 10), 10);
  test_.clock.advance(2s);
  EXPECT_EQ(allowed(20, 10), 0);
  test_.clock.advance(29s);
  EXPECT_EQ(allowed(20, 10), 5);
  test_.clock.advance(120s);
  EXPECT_EQ(allowed(20, 10), 10);
}

TEST_P(RateWindowsTest, CountsInAllWindowsOrInNone) {
  EXPECT_EQ(allowed(1, 1), 1);
  for (int i = 0; i < 5; ++i) {
    const auto answers = take({{"b", 2}, {"a", 1}});
    EXPECT_TRUE(answers[0].allowed);
    EXPECT_FALSE(answers[1].allowed);
  }
  EXPECT_EQ(take({{"b", 2}})[0].remaining, 1u);
}

TEST(MemoryRateWindows, StaysWithinItsMemory) {
  boost::asio::io_context loop{1};
  ManualClock clock;
  MemoryRateWindows windows(clock);
  for (std::size_t i = 0; i < MemoryRateWindows::kKeysMax + 10; ++i) {
    if (i == MemoryRateWindows::kKeysMax / 2) clock.advance(10min);
    run(loop, windows.take({{std::to_string(i), 5}}));
  }
  EXPECT_LE(windows.size(), MemoryRateWindows::kKeysMax / 2 + 10);
}

TEST(RedisRateWindows, CountsHereWhileRedisIsAway) {
  TestRedis test;
  MemoryRateWindows memory(test.clock);
  RedisRateWindows windows(test.client, memory, test.clock);
  EXPECT_TRUE(run(test.loop, windows.take({{"a", 1}}))[0].allowed);
  test.server.kill();
  test.run_until([&] { return !test.client.health().commands_up; });
  EXPECT_TRUE(run(test.loop, windows.take({{"a", 1}}))[0].allowed);
  EXPECT_FALSE(run(test.loop, windows.take({{"a", 1}}))[0].allowed);
}

}  // namespace
}  // namespace antiphon::store

// Live events between two servers, through a real Redis.
#include "store/redis/event_stream.h"

#include "store/redis/redis_fixture_test.h"

namespace antiphon::store {
namespace {

const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));

LiveEvent event(std::string what) {
  return {.id = {},
          .workspace = kWorkspace,
          .conversation = ConversationId(*Uuid::parse("00000000-0000-4000-8000-00000000000c")),
          .agent = AgentId(*Uuid::parse("00000000-0000-4000-8000-00000000000a")),
          .event = std::move(what)};
}

TEST(RedisEventBus, TellsEveryServerInTheOrderOfTheStream) {
  TestRedis redis;
  RedisClient other(redis.loop.get_executor(), redis.clock, redis.random, redis.log, redis.metrics,
                    {.url = "unix://" + redis.server.socket()});
  ASSERT_TRUE(other.start());
  ASSERT_TRUE(run(redis.loop, other.wait_until_up(Timepoint::max())));
  RedisEventBus here(redis.client);
  RedisEventBus there(other);
  std::vector<LiveEvent> told;
  int connected = 0;
  there.listen([&](std::optional<LiveEvent> what) {
    if (what) told.push_back(std::move(*what));
    if (!what) ++connected;
  });
  redis.run_until([&] { return connected > 0 || other.health().messages_up; });
  for (const auto* what : {R"({"type":"a/b"})", R"({"type":"c"})"})
    ASSERT_TRUE(run(redis.loop, here.publish(event(what))));
  redis.run_until([&] { return told.size() == 2; });
  EXPECT_EQ(told[0].event, R"({"type":"a/b"})");
  EXPECT_EQ(told[0].agent, event("").agent);
  EXPECT_EQ(told[1].conversation, event("").conversation);
  const auto history = run(redis.loop, here.history(kWorkspace, told[0].id));
  ASSERT_TRUE(history);
  EXPECT_TRUE(history->is_complete);
  ASSERT_EQ(history->events.size(), 1u);
  EXPECT_EQ(history->events[0].id, told[1].id);
  run(redis.loop, other.stop());
}

TEST(RedisEventBus, KeepsABoundedHistoryAndSaysSo) {
  TestRedis redis;
  RedisEventBus bus(redis.client);
  for (std::size_t i = 0; i < kEventHistoryMax + 300; ++i)
    ASSERT_TRUE(run(redis.loop, bus.publish(event(R"({"type":"x"})"))));
  const auto history = run(redis.loop, bus.history(kWorkspace, "1-0"));
  ASSERT_TRUE(history);
  EXPECT_FALSE(history->is_complete);
  EXPECT_LE(history->events.size(), kEventHistoryMax + 100);
  EXPECT_NE(redis.text({"PTTL", "antiphon:events:" + kWorkspace.to_string()}), "-1");
}

}  // namespace
}  // namespace antiphon::store

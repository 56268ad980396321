#include "store/memory/live_state.h"
#include "store/redis/live_state.h"
#include "store/redis/redis_fixture_test.h"

namespace antiphon::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LiveStateContract : public testing::TestWithParam<bool> {
 protected:
  LiveState& state() {
    if (GetParam()) return shared_;
    return memory_;
  }
  std::vector<LiveTurn> turns() { return run(redis_.loop, state().context(workspace_, call_)); }
  void append(std::vector<LiveTurn> turns) {
    run(redis_.loop, state().append_context(workspace_, call_, std::move(turns)));
  }

  TestRedis redis_;
  MemoryLiveState memory_{redis_.clock};
  RedisLiveState shared_{redis_.client, memory_, redis_.clock, redis_.log};
  WorkspaceId workspace_{Uuid::make_random(redis_.random)};
  ConversationId call_{Uuid::make_random(redis_.random)};
};

INSTANTIATE_TEST_SUITE_P(, LiveStateContract, testing::Bool(),
                         [](const auto& info) { return info.param ? "Redis" : "Memory"; });

TEST_P(LiveStateContract, KeepsARollingWindowOfTheConversation) {
  append({{0, Speaker::caller, "Hello: you"}, {1, Speaker::agent, ""}});
  ASSERT_EQ(turns().size(), 2U);
  EXPECT_EQ(turns()[0], (LiveTurn{0, Speaker::caller, "Hello: you"}));
  EXPECT_EQ(turns()[1], (LiveTurn{1, Speaker::agent, ""}));
  for (int index = 0; index < 120; ++index)
    append({{index + 2, Speaker::caller, std::to_string(index)}});
  ASSERT_EQ(turns().size(), kContextTurnsMax);
  EXPECT_EQ(turns().back().text, "119");
  EXPECT_EQ(turns().front(), (LiveTurn{22, Speaker::caller, "20"}));
  run(redis_.loop, state().forget_context(workspace_, call_));
  EXPECT_TRUE(turns().empty());
}

TEST_P(LiveStateContract, ListsTheConversationsThatAreMarkedAndOnlyThoseOfTheWorkspace) {
  const LiveConversation live{call_, workspace_, "node-1"};
  const WorkspaceId other{Uuid::make_random(redis_.random)};
  run(redis_.loop, state().mark_live(live));
  run(redis_.loop,
      state().mark_live({ConversationId(Uuid::make_random(redis_.random)), other, "n"}));
  EXPECT_EQ(run(redis_.loop, state().list_live(workspace_)), (std::vector{live}));
  run(redis_.loop, state().mark_ended(workspace_, call_));
  EXPECT_TRUE(run(redis_.loop, state().list_live(workspace_)).empty());
}

TEST_P(LiveStateContract, AConversationThatIsNotMarkedAgainIsNotLive) {
  run(redis_.loop, state().mark_live({call_, workspace_, "node-1"}));
  redis_.clock.advance(kLiveLifetime - seconds(1));
  EXPECT_EQ(run(redis_.loop, state().list_live(workspace_)).size(), 1U);
  redis_.clock.advance(seconds(2));
  EXPECT_TRUE(run(redis_.loop, state().list_live(workspace_)).empty());
}

TEST(RedisLiveState, GoesOnWithoutRedisAndSaysSo) {
  TestRedis redis;
  MemoryLiveState memory{redis.clock};
  RedisLiveState state{redis.client, memory, redis.clock, redis.log};
  const WorkspaceId workspace{Uuid::make_random(redis.random)};
  const ConversationId call{Uuid::make_random(redis.random)};
  run(redis.loop, state.append_context(workspace, call, {{0, Speaker::caller, "before"}}));
  EXPECT_FALSE(state.is_degraded());
  redis.server.kill();
  redis.run_until([&] { return !redis.client.health().commands_up; });
  run(redis.loop, state.append_context(workspace, call, {{1, Speaker::agent, "while away"}}));
  EXPECT_TRUE(state.is_degraded());
  const auto turns = run(redis.loop, state.context(workspace, call));
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_EQ(turns[1].text, "while away");
  redis.server.restart();
  redis.advance_until([&] { return redis.client.health().commands_up; }, milliseconds(100));
  run(redis.loop, state.mark_live({call, workspace, "n"}));
  EXPECT_FALSE(state.is_degraded());
  // It came back empty, and says so: whoever asks reads the store again.
  EXPECT_TRUE(run(redis.loop, state.context(workspace, call)).empty());
}

TEST(RedisLiveState, PassesOverWhatItDidNotWrite) {
  TestRedis redis;
  MemoryLiveState memory{redis.clock};
  RedisLiveState state{redis.client, memory, redis.clock, redis.log};
  const WorkspaceId workspace{Uuid::make_random(redis.random)};
  const ConversationId call{Uuid::make_random(redis.random)};
  const std::string key = "antiphon:context:" + workspace.to_string() + ":" + call.to_string();
  redis.text({"RPUSH", key, "", "c", "c1", "cx:a", "b1:a", "c99999999999:a", "a2:b:c"});
  EXPECT_EQ(run(redis.loop, state.context(workspace, call)),
            (std::vector{LiveTurn{2, Speaker::agent, "b:c"}}));
}

}  // namespace
}  // namespace antiphon::store

#include "store/redis/client.h"

#include "core/system_clock.h"
#include "store/memory/live_state.h"
#include "store/redis/connection.h"
#include "store/redis/live_state.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <signal.h>

namespace antiphon::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RedisUrl, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock?db=3")->path, "/run/redis.sock");
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock?db=3")->database, 3);
  const auto full = parse_redis_url("redis://user:p%40ss@cache.example:6380/2");
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->host, "cache.example");
  EXPECT_EQ(full->port, 6380);
  EXPECT_EQ(full->user, "user");
  EXPECT_EQ(full->password, "p@ss");
  EXPECT_EQ(full->database, 2);
  EXPECT_EQ(parse_redis_url("redis://[::1]:7000")->host, "::1");
  EXPECT_EQ(parse_redis_url("redis://localhost")->port, 6379);
}

TEST(RedisUrl, RefusesTheRest) {
  for (const char* url : {"", "http://x", "rediss://x", "unix://relative", "redis://",
                          "redis://host:port", "redis://host/db", "redis://host:99999"}) {
    EXPECT_FALSE(parse_redis_url(url).has_value()) << url;
  }
}

struct TestRedis {
  TestRedis() {
    EXPECT_TRUE(client.start());
    EXPECT_TRUE(run(loop, client.wait_until_up(Timepoint::max())));
  }
  ~TestRedis() { run(loop, client.stop()); }

  std::string text(std::vector<std::string> arguments) {
    auto reply = run(loop, client.command(std::move(arguments)));
    if (!reply) return std::string(name_of(reply.error().code));
    return reply->kind == RedisReply::Kind::integer ? std::to_string(reply->number) : reply->text;
  }
  struct Running {
    std::optional<Result<RedisReply>> outcome;
  };
  std::shared_ptr<Running> begin(std::vector<std::string> arguments) {
    auto running = std::make_shared<Running>();
    group.spawn([](Task<Result<RedisReply>> work, std::shared_ptr<Running> into) -> Task<> {
      into->outcome = co_await std::move(work);
    }(client.command(std::move(arguments)), running));
    loop.restart();
    loop.poll();
    return running;
  }
  template <class Done>
  void run_until(Done done) {
    loop.restart();
    while (!done() && loop.run_one() > 0) {
    }
    ASSERT_TRUE(done());
  }
  template <class Done>
  void advance_until(Done done, Duration step) {
    for (int steps = 0; !done() && steps < 100'000; ++steps) {
      clock.advance(step);
      loop.restart();
      loop.run_one_for(milliseconds(20));
      loop.poll();
    }
    ASSERT_TRUE(done());
  }

  PrivateRedis server;
  boost::asio::io_context loop{1};
  ManualClock clock;
  SystemClock wall;
  SeededRandom random{Seed{1}};
  Log log{wall, 2, LogLevel::error};
  Metrics metrics;
  RedisClient client{
      loop.get_executor(), clock, random, log, metrics, {.url = "unix://" + server.socket()}};
  TaskGroup group{loop.get_executor()};
};

TEST(Redis, AnswersCommands) {
  TestRedis redis;
  EXPECT_EQ(redis.text({"SET", "key", std::string("a\0b", 3)}), "OK");
  EXPECT_EQ(redis.text({"GET", "key"}), std::string("a\0b", 3));
  EXPECT_EQ(redis.text({"INCR", "count"}), "1");
  EXPECT_EQ(redis.text({"GET", "nothing"}), "");
  EXPECT_EQ(redis.text({"NONSENSE"}), "internal");
  EXPECT_TRUE(redis.client.health().commands_up);
}

TEST(Redis, KeepsTheOrderOfManyCommandsUnderWay) {
  TestRedis redis;
  std::vector<std::shared_ptr<TestRedis::Running>> commands;
  for (int index = 0; index < 500; ++index)
    commands.push_back(redis.begin({"INCR", "count"}));
  for (int index = 0; index < 500; ++index) {
    const auto& outcome = commands[static_cast<std::size_t>(index)]->outcome;
    redis.run_until([&] { return outcome.has_value(); });
    EXPECT_EQ((*outcome)->number, index + 1);
  }
}

TEST(Redis, RunsAScriptAlsoAfterRedisForgotIt) {
  TestRedis redis;
  RedisScript script{"return {KEYS[1], ARGV[1]}", {}};
  for (int round = 0; round < 2; ++round) {
    const auto reply = run(redis.loop, redis.client.run_script(script, {"k"}, {"v"}));
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    ASSERT_EQ(reply->items.size(), 2U);
    EXPECT_EQ(reply->items[1].text, "v");
    EXPECT_EQ(redis.text({"SCRIPT", "FLUSH"}), "OK");
  }
}

TEST(Redis, AKilledServerIsUnavailableUntilItIsBack) {
  TestRedis redis;
  std::vector<std::optional<std::string>> heard;
  redis.client.subscribe("news", [&](std::optional<std::string_view> payload) {
    heard.push_back(payload ? std::optional<std::string>(*payload) : std::nullopt);
  });
  redis.server.send(SIGSTOP);
  const auto lost = redis.begin({"GET", "key"});
  redis.server.kill();
  redis.run_until([&] { return lost->outcome.has_value(); });
  EXPECT_EQ(lost->outcome->error().code, ErrorCode::unavailable);
  EXPECT_EQ(redis.text({"GET", "key"}), "unavailable");
  redis.server.restart();
  redis.advance_until(
      [&] { return redis.client.health().commands_up && redis.client.health().messages_up; },
      milliseconds(100));
  EXPECT_EQ(redis.text({"PING"}), "PONG");
  // The subscription is made again; the listener was told of the gap.
  for (int tries = 0; tries < 1'000 && redis.text({"PUBLISH", "news", "hello"}) != "1"; ++tries) {
  }
  redis.run_until([&] { return !heard.empty() && heard.back().has_value(); });
  EXPECT_EQ(*heard.back(), "hello");
  EXPECT_EQ(heard.front(), std::nullopt);
}

TEST(Redis, AFrozenServerIsATimeoutAndAThawedOneServesOn) {
  TestRedis redis;
  redis.server.send(SIGSTOP);
  const auto first = redis.begin({"GET", "key"});
  redis.clock.advance(milliseconds(500));
  const auto second = redis.begin({"GET", "key"});
  redis.clock.advance(milliseconds(500));
  redis.run_until([&] { return first->outcome && second->outcome; });
  EXPECT_EQ(first->outcome->error().code, ErrorCode::timeout);
  // Behind it in the same connection, which is gone.
  EXPECT_EQ(second->outcome->error().code, ErrorCode::unavailable);
  redis.server.send(SIGCONT);
  redis.advance_until([&] { return redis.client.health().commands_up; }, milliseconds(100));
  EXPECT_EQ(redis.text({"PING"}), "PONG");
}

TEST(Redis, RefusesCommandsBeyondItsLimit) {
  TestRedis redis;
  redis.server.send(SIGSTOP);
  std::vector<std::shared_ptr<TestRedis::Running>> commands;
  for (int index = 0; index < 4'097; ++index)
    commands.push_back(redis.begin({"PING"}));
  ASSERT_TRUE(commands.back()->outcome.has_value());
  EXPECT_EQ(commands.back()->outcome->error().code, ErrorCode::resource_exhausted);
  redis.server.send(SIGCONT);
  redis.run_until([&] { return commands[4'095]->outcome.has_value(); });
  EXPECT_TRUE(commands[4'095]->outcome->has_value());
}

class LiveStateContract : public testing::TestWithParam<bool> {
 protected:
  LiveState& state() {
    if (GetParam()) return shared_;
    return memory_;
  }
  std::vector<ContextTurn> turns() { return run(redis_.loop, state().context(workspace_, call_)); }
  void append(std::vector<ContextTurn> turns) {
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
  append({{Speaker::caller, "Hello"}, {Speaker::agent, ""}});
  ASSERT_EQ(turns().size(), 2U);
  EXPECT_EQ(turns()[0].text, "Hello");
  EXPECT_EQ(turns()[1].speaker, Speaker::agent);
  for (int index = 0; index < 120; ++index)
    append({{Speaker::caller, std::to_string(index)}});
  ASSERT_EQ(turns().size(), kContextTurnsMax);
  EXPECT_EQ(turns().back().text, "119");
  EXPECT_EQ(turns().front().text, "20");
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
  run(redis.loop, state.append_context(workspace, call, {{Speaker::caller, "before"}}));
  EXPECT_FALSE(state.is_degraded());
  redis.server.kill();
  redis.run_until([&] { return !redis.client.health().commands_up; });
  run(redis.loop, state.append_context(workspace, call, {{Speaker::agent, "while away"}}));
  EXPECT_TRUE(state.is_degraded());
  const auto turns = run(redis.loop, state.context(workspace, call));
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_EQ(turns[1].text, "while away");
  redis.server.restart();
  redis.advance_until([&] { return redis.client.health().commands_up; }, milliseconds(100));
  run(redis.loop, state.mark_live({call, workspace, "n"}));
  EXPECT_FALSE(state.is_degraded());
}

}  // namespace
}  // namespace antiphon::store

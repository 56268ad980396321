#include "store/redis/client.h"

#include "store/redis/connection.h"
#include "store/redis/redis_fixture_test.h"

#include <signal.h>

namespace antiphon::store {
namespace {

using std::chrono::milliseconds;

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
  // Only who has subscribed can be told that something was missed.
  for (int tries = 0; tries < 1'000 && redis.text({"PUBLISH", "news", "first"}) != "1"; ++tries) {
  }
  redis.run_until([&] { return !heard.empty() && heard.back() == "first"; });
  heard.clear();
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

}  // namespace
}  // namespace antiphon::store

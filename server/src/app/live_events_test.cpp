// Live events and the rights of who listens, on a real Redis and a real PostgreSQL.
#include "service/live_feed.h"
#include "store/postgres/pool_fixture_test.h"
#include "store/postgres/rights.h"
#include "store/redis/event_stream.h"
#include "store/redis/redis_fixture_test.h"

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace antiphon::store {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));

// One server of the installation: its own way to Redis, its own listeners.
struct FeedServer {
  explicit FeedServer(TestRedis& redis)
      : client(redis.loop.get_executor(), redis.clock, redis.random, redis.log, redis.metrics,
               {.url = "unix://" + redis.server.socket()}),
        bus(client),
        feed(redis.loop.get_executor(), redis.clock, redis.log, redis.metrics, &bus),
        watch(feed.watch(kWorkspace, {}, [this](const LiveEvent& event) {
          shown.push_back(event.event.substr(9, event.event.size() - 11));
        })) {
    EXPECT_TRUE(client.start());
    feed.start();
    redis.advance_until([&] { return client.health().messages_up && client.health().commands_up; },
                        10ms);
  }
  void publish(const std::string& type) {
    feed.publish({.id = {},
                  .workspace = kWorkspace,
                  .conversation = {},
                  .agent = {},
                  .event = R"({"type":")" + type + "\"}"});
  }

  RedisClient client;
  RedisEventBus bus;
  LiveFeed feed;
  std::vector<std::string> shown;  // the types
  std::unique_ptr<LiveFeed::Watch> watch;
};

using Shown = std::vector<std::string>;

TEST(LiveEvents, GoOnInEachServerAloneWhileRedisIsGoneAndTogetherWhenItIsBack) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program does: hiredis writes to what is gone
  TestRedis redis;
  FeedServer here(redis);
  FeedServer there(redis);
  here.publish("shared");
  redis.advance_until([&] { return there.shown.size() == 1 && here.shown.size() == 1; }, 10ms);
  redis.server.kill();
  redis.advance_until([&] { return !here.client.health().commands_up; }, 10ms);
  here.publish("alone");
  redis.advance_until([&] { return here.shown.size() == 2; }, 10ms);
  EXPECT_EQ(here.shown, (Shown{"shared", "alone"}));
  EXPECT_EQ(there.shown, (Shown{"shared"}));
  redis.server.restart();
  redis.advance_until(
      [&] {
        return here.client.health().commands_up && there.client.health().messages_up &&
               here.client.health().messages_up;
      },
      10ms);
  here.publish("together");
  redis.advance_until([&] { return there.shown.size() == 2 && here.shown.size() == 3; }, 10ms);
  EXPECT_EQ(there.shown, (Shown{"shared", "together"}));
  for (FeedServer* server : {&here, &there}) {
    server->watch.reset();
    run(redis.loop, server->feed.stop());
    run(redis.loop, server->client.stop());
  }
}

TEST(Rights, AreThoseOfThisMomentAndEndWithTheKey) {
  TestPool db(PrivatePostgres::shared());
  db.start();
  PostgresRights rights(*db.pool);
  const std::string key = "00000000-0000-4000-8000-0000000000d1";
  db.postgres.sql(db.database,
                  "insert into public.api_keys (id, workspace_id, name, prefix, key_hash, role,"
                  " scopes, created_by) select '" +
                      key + "', '" + db.workspace.to_string() +
                      "', 'k', 'antiphon_', sha256('k'), 'developer', '{jobs:read}', 'test'"
                      " from (select set_config('session_replication_role', 'replica', true)) r");
  const RightsHolder held{db.workspace, *Uuid::parse(key)};
  const RightsHolder elsewhere{db.other_workspace, *Uuid::parse(key)};
  const auto ask = [&] {
    return run(db.loop, rights.rights_of(std::vector<RightsHolder>{elsewhere, held}));
  };
  const auto before = ask();
  ASSERT_TRUE(before) << before.error().message;
  ASSERT_EQ(before->size(), 2u);
  EXPECT_FALSE(before->at(0)) << "in another workspace it is nobody";
  ASSERT_TRUE(before->at(1));
  EXPECT_EQ(before->at(1)->kind, PrincipalKind::api_key);
  EXPECT_EQ(before->at(1)->role, Role::developer);
  EXPECT_EQ(before->at(1)->scopes, std::vector<std::string>{"jobs:read"});
  db.postgres.sql(db.database,
                  "begin; set local session_replication_role = replica; update public.api_keys"
                  " set revoked_at = now() where id = '" +
                      key + "'; commit");
  const auto after = ask();
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->at(1));
}

}  // namespace
}  // namespace antiphon::store

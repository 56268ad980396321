// The calls of a killed server, on a real PostgreSQL and a real Redis.
#include "service/lost_calls.h"

#include "store/memory/live_state.h"
#include "store/postgres/pool_fixture_test.h"
#include "store/postgres/stores.h"
#include "store/redis/client.h"
#include "store/redis/live_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// Writes to the database when the test says so.
class DirectJournal final : public ConversationJournal {
 public:
  DirectJournal(boost::asio::io_context& loop, ConversationStore& store)
      : loop_(loop), store_(store) {}
  void record(JournalEntry entry) override { waiting_.push_back(std::move(entry)); }
  void write() { EXPECT_TRUE(run(loop_, store_.apply(std::exchange(waiting_, {})))); }

 private:
  boost::asio::io_context& loop_;
  ConversationStore& store_;
  std::vector<JournalEntry> waiting_;
};

class LostCallsTest : public testing::Test {
 protected:
  LostCallsTest() {
    db_.start();
    EXPECT_TRUE(redis_.start());
    EXPECT_TRUE(run(db_.loop, redis_.wait_until_up(Timepoint::max())));
  }
  ~LostCallsTest() override { run(db_.loop, redis_.stop()); }

  ConversationId call(std::string_view mode = "voice") {
    const ConversationId id{Uuid::make_random(db_.random)};
    const auto began =
        std::chrono::duration_cast<std::chrono::seconds>(db_.clock.wall().time_since_epoch());
    db_.postgres.sql(db_.database,
                     "insert into public.conversations (id, workspace_id, channel, mode, "
                     "started_at) values ('" +
                         id.to_string() + "', '" + db_.workspace.to_string() + "', 'web', '" +
                         std::string(mode) + "', to_timestamp(" + std::to_string(began.count()) +
                         "))");
    return id;
  }
  std::string status(ConversationId id) {
    return db_.postgres.sql(db_.database,
                            "select status || ' ' || coalesce(ended_reason, '-') from "
                            "public.conversations where id = '" +
                                id.to_string() + "'");
  }
  void mark(ConversationId id) { run(db_.loop, state_.mark_live({id, db_.workspace, "node-1"})); }
  void look() {
    run(db_.loop, watch_.look());
    journal_.write();
  }
  // The other server marks its call all the while, as long as it reaches Redis.
  void pass(Duration duration, ConversationId kept) {
    for (Duration passed{0}; passed < duration; passed += 10s) {
      db_.clock.advance(10s);
      mark(kept);
      look();
    }
  }

  store::TestPool db_{PrivatePostgres::shared()};
  PrivateRedis server_;
  store::RedisClient redis_{db_.loop.get_executor(),
                            db_.clock,
                            db_.random,
                            db_.log,
                            db_.metrics,
                            {.url = "unix://" + server_.socket()}};
  store::MemoryLiveState own_{db_.clock};
  store::RedisLiveState state_{redis_, own_, db_.clock, db_.log};
  store::PostgresStores stores_{*db_.pool, db_.log};
  DirectJournal journal_{db_.loop, stores_.conversations()};
  LostCalls watch_{{[this](WallTime before) { return store::unfinished_calls(*db_.pool, before); },
                    state_,
                    journal_,
                    db_.clock,
                    db_.log,
                    {}}};
};

TEST_F(LostCallsTest, EndAsFailedOnceTheirMarkHasExpiredAndNobodyElses) {
  const ConversationId lost = call();
  const ConversationId kept = call();
  const ConversationId typed = call("text");
  mark(lost);
  pass(60s, kept);
  EXPECT_EQ(status(lost), "active -\n");
  pass(30s, kept);
  EXPECT_EQ(status(lost), "failed transport_lost\n");
  EXPECT_EQ(status(kept), "active -\n");
  EXPECT_EQ(status(typed), "active -\n");
}

TEST_F(LostCallsTest, NothingEndsWhileRedisIsAwayNorRightAfterIt) {
  const ConversationId kept = call();
  pass(60s, kept);
  server_.kill();
  db_.run_until([&] { return !redis_.health().commands_up; });
  pass(120s, kept);
  EXPECT_EQ(status(kept), "active -\n");
  // It comes back empty: no server has marked anything yet.
  server_.restart();
  db_.advance_until([&] { return redis_.health().commands_up; }, 100ms);
  look();
  db_.clock.advance(10s);
  look();
  pass(120s, kept);
  EXPECT_EQ(status(kept), "active -\n");
}

TEST_F(LostCallsTest, NothingEndsWhenRedisForgetsAndTheServersMarkAgain) {
  const ConversationId kept = call();
  pass(60s, kept);
  EXPECT_TRUE(run(db_.loop, redis_.command({"FLUSHALL"})));
  look();
  pass(120s, kept);
  EXPECT_EQ(status(kept), "active -\n");
}

}  // namespace
}  // namespace antiphon

#include "store/postgres/pool.h"

#include "store/postgres/pool_fixture_test.h"

namespace antiphon::store {
namespace {

using std::chrono::seconds;

constexpr std::string_view kWho =
    "select current_user || ' ' || coalesce(public.current_workspace_id()::text, 'nobody')";

TEST(Pool, RunsAUnitInTheWorkspaceOfItsPrincipal) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  EXPECT_EQ(test.value(kWho), "antiphon_app " + test.workspace.to_string());
  EXPECT_EQ(test.pool->health().state, PoolState::up);
}

TEST(Pool, RefusesAPrincipalThatIsNotInTheWorkspaceItNames) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  Principal stranger = test.server(test.workspace);
  stranger.kind = PrincipalKind::user;
  stranger.id = test.workspace.uuid();
  EXPECT_EQ(code_of_error(run(test.loop, test.pool->run(stranger, {{"select 1", {}}}))),
            ErrorCode::permission_denied);
}

TEST(Pool, LeavesNothingOfAPrincipalBehind) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  EXPECT_EQ(test.value(kWho), "antiphon_app " + test.workspace.to_string());
  const auto nobody = test.server(WorkspaceId{});
  const auto rows = run(test.loop, test.pool->run(nobody, {{kWho, {}}}));
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(rows->front().string(0, 0), "antiphon_app nobody");

  // Nor after an error.
  EXPECT_EQ(test.value("select 1 / 0"), "invalid_argument");
  const auto after = run(test.loop, test.pool->run(nobody, {{kWho, {}}}));
  EXPECT_EQ(after->front().string(0, 0), "antiphon_app nobody");
}

TEST(Pool, AUnitIsOneTransaction) {
  TestPool test(PrivatePostgres::shared());
  test.postgres.sql(test.database,
                    "create table t (n int); grant insert, select on t to antiphon_app");
  test.start();
  EXPECT_EQ(code_of_error(test.run({{"insert into t values (1)", {}}, {"select 1 / 0", {}}})),
            ErrorCode::invalid_argument);
  EXPECT_EQ(test.value("select count(*) from t"), "0");
  const auto both = test.run({{"insert into t values (1)", {}}, {"insert into t values (2)", {}}});
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->size(), 2U);
  EXPECT_EQ(both->at(1).affected(), 1);
  EXPECT_EQ(test.value("select count(*) from t"), "2");
}

TEST(Pool, PreparesAgainWhatAnErrorKeptFromBeingPrepared) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  // 'late' is skipped, so its PREPARE did not happen.
  EXPECT_EQ(code_of_error(test.run({{"select 1 / 0", {}}, {"select 'late'", {}}})),
            ErrorCode::invalid_argument);
  EXPECT_EQ(test.value("select 'late'"), "late");
  // At the first attempt: the pool would also get there by sending it again.
  EXPECT_NE(test.metrics.render().find("database_unit_repeats_total 0"), std::string::npos);
  EXPECT_EQ(test.value("selec 1"), "internal");
  EXPECT_EQ(test.value("selec 1"), "internal");
}

TEST(Pool, SendsAUnitAgainWhoseStatementWasPreparedByAUnitThatFailed) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  // Both are sent before the first fails: the second counts on a PREPARE that is skipped.
  const auto first = test.begin({{"select 1 / 0", {}}, {"select 'shared'", {}}});
  const auto second = test.begin({{"select 'shared'", {}}});
  test.run_until([&] { return first->outcome && second->outcome; });
  EXPECT_EQ(code_of_error(*first->outcome), ErrorCode::invalid_argument);
  ASSERT_TRUE(second->outcome->has_value()) << second->outcome->error().message;
  EXPECT_EQ((*second->outcome)->front().string(0, 0), "shared");
}

TEST(Pool, PreparesAgainAfterTheTableChanged) {
  TestPool test(PrivatePostgres::shared());
  test.postgres.sql(test.database,
                    "create table t (n int); insert into t values (7);"
                    "grant select on t to antiphon_app");
  test.start();
  EXPECT_EQ(test.value("select * from t"), "7");
  test.postgres.sql(test.database, "alter table t alter n type text using 'seven'");
  EXPECT_EQ(test.value("select * from t"), "seven");
}

TEST(Pool, InterleavedUnitsKeepTheirIdentity) {
  TestPool test(PrivatePostgres::shared(), {.connections = 2, .in_flight_max = 64});
  test.start();
  std::vector<std::pair<WorkspaceId, std::shared_ptr<TestPool::Running>>> units;
  for (int index = 0; index < 200; ++index) {
    const WorkspaceId id = index % 2 == 0 ? test.workspace : test.other_workspace;
    auto running = std::make_shared<TestPool::Running>();
    test.group.spawn(TestPool::follow(test.pool->run(test.server(id), {{kWho, {}}}), running));
    units.emplace_back(id, running);
  }
  for (const auto& [id, running] : units) {
    test.run_until([&] { return running->outcome.has_value(); });
    ASSERT_TRUE(running->outcome->has_value());
    EXPECT_EQ((*running->outcome)->front().string(0, 0), "antiphon_app " + id.to_string());
  }
}

TEST(Pool, AnErrorHoldsNothingThatAPersonTyped) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  const auto refused = test.run({{"select $1::uuid", {text(std::string("my secret"))}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
}

TEST(Pool, RefusesUnitsBeyondItsQueue) {
  TestPool test(PrivatePostgres::shared(),
                {.connections = 1, .in_flight_max = 1, .waiting_max = 2});
  test.start();
  // The first unit waits for a lock, so that none is done before all were asked for.
  auto holder = run(test.loop, Session::open(test.wall, {.url = test.postgres.url(test.database)}));
  ASSERT_TRUE(
      run(test.loop, (*holder)->query({"select pg_advisory_lock(1)", {}}, Timepoint::max())));
  std::vector<std::shared_ptr<TestPool::Running>> units;
  units.push_back(test.begin({{"select pg_advisory_xact_lock(1)", {}}}));
  for (int index = 1; index < 4; ++index)
    units.push_back(test.begin({{"select 1", {}}}));
  ASSERT_TRUE(units[3]->outcome.has_value());
  EXPECT_EQ(code_of_error(*units[3]->outcome), ErrorCode::resource_exhausted);
  ASSERT_TRUE(
      run(test.loop, (*holder)->query({"select pg_advisory_unlock(1)", {}}, Timepoint::max())));
  test.run_until([&] { return units[2]->outcome.has_value(); });
  EXPECT_TRUE(units[2]->outcome->has_value());
}

TEST(Pool, ACancelledCallerIsAnsweredAtOnceAndHarmsNobody) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  auto running = std::make_shared<TestPool::Running>();
  TaskGroup callers(test.loop.get_executor());
  callers.spawn(TestPool::follow(
      test.pool->run(test.server(test.workspace), {{"select 'ignored'", {}}}), running));
  test.loop.restart();
  test.loop.poll_one();
  callers.cancel();
  run(test.loop, callers.join());
  ASSERT_TRUE(running->outcome.has_value());
  EXPECT_EQ(code_of_error(*running->outcome), ErrorCode::cancelled);
  EXPECT_EQ(test.value("select 'next'"), "next");
}

TEST(Pool, StopFinishesWhatIsUnderWayAndRefusesTheRest) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  const auto unit = test.begin({{"select 'done'", {}}});
  run(test.loop, test.pool->stop());
  ASSERT_TRUE(unit->outcome.has_value());
  EXPECT_TRUE(unit->outcome->has_value());
  EXPECT_EQ(test.value("select 1"), "unavailable");
  EXPECT_EQ(test.pool->health().state, PoolState::stopped);
}

TEST(Pool, ALeaseIsATransactionOfItsOwn) {
  TestPool test(PrivatePostgres::shared(), {.connections = 1, .leases_max = 1});
  test.postgres.sql(test.database,
                    "create table t (n int); grant insert, select on t to antiphon_app");
  test.start();
  {
    auto lease = run(test.loop, test.pool->lease(test.server(test.workspace)));
    ASSERT_TRUE(lease.has_value()) << lease.error().message;
    const auto second = run(test.loop, test.pool->lease(test.server(test.workspace)));
    EXPECT_EQ(second.error().code, ErrorCode::resource_exhausted);
    const auto who = run(test.loop, lease->session().query({kWho, {}}, Timepoint::max()));
    EXPECT_EQ(who->string(0, 0), "antiphon_app " + test.workspace.to_string());
    const auto copied = run(
        test.loop, lease->session().copy_in("copy t from stdin", "1\n2\n3\n", Timepoint::max()));
    ASSERT_TRUE(copied.has_value()) << copied.error().message;
    EXPECT_EQ(*copied, 3);
    EXPECT_EQ(test.value("select count(*) from t"), "0");
    ASSERT_TRUE(run(test.loop, lease->commit(Timepoint::max())));
  }
  EXPECT_EQ(test.value("select count(*) from t"), "3");
  {
    auto undone = run(test.loop, test.pool->lease(test.server(test.workspace)));
  }
}

TEST(Session, HearsNotificationsAndSurvivesWaitingForNone) {
  TestPool test(PrivatePostgres::shared());
  auto session =
      run(test.loop, Session::open(test.wall, {.url = test.postgres.url(test.database)}));
  ASSERT_TRUE(session.has_value());
  Session& listener = **session;
  ASSERT_TRUE(run(test.loop, listener.script("listen antiphon_jobs", Timepoint::max())));
  const auto none = run(test.loop, listener.next_notification(test.wall.now()));
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
  test.postgres.sql(test.database, "notify antiphon_jobs, 'knowledge.embed_document'");
  const auto heard = run(test.loop, listener.next_notification(Timepoint::max()));
  ASSERT_TRUE(heard.has_value() && heard->has_value());
  EXPECT_EQ((*heard)->payload, "knowledge.embed_document");
}

TEST(Session, RefusesAnAddressThatIsNone) {
  TestPool test(PrivatePostgres::shared());
  const auto session = run(test.loop, Session::open(test.wall, {.url = "=nonsense="}));
  EXPECT_EQ(session.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace antiphon::store

// What the pool does when the server is slow, stands still or dies. The clock is the test's; the
// server is real.
#include "store/postgres/pool_fixture_test.h"

#include <signal.h>

namespace antiphon::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Its tests kill and freeze it.
PrivatePostgres& fragile() {
  static PrivatePostgres postgres;
  return postgres;
}

// Blocks until the holder's session ends: the server's own timeouts would hide that nobody cancels.
std::vector<Statement> block() {
  return {
      {"select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)",
       {}},
      {"select pg_advisory_xact_lock(1)", {}}};
}

std::unique_ptr<Session> hold_lock(TestPool& test) {
  auto holder = run(test.loop, Session::open(test.wall, {.url = test.postgres.url(test.database)}));
  EXPECT_TRUE(holder.has_value());
  EXPECT_TRUE(
      run(test.loop, (*holder)->query({"select pg_advisory_lock(1)", {}}, Timepoint::max())));
  return std::move(*holder);
}

TEST(PoolFaults, AUnitThatTakesTooLongIsCancelledAndItsConnectionServesOn) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  const auto holder = hold_lock(test);
  const auto before = test.postgres.backends(test.database);
  const auto blocked = test.begin(block(), {.timeout = seconds(3)});
  const auto behind = test.begin({{"select 'behind'", {}}}, {.timeout = seconds(60)});
  test.clock.advance(seconds(2));
  test.loop.poll();
  EXPECT_FALSE(blocked->outcome.has_value());
  test.clock.advance(seconds(1));
  test.run_until([&] { return blocked->outcome.has_value(); });
  EXPECT_EQ(code_of_error(*blocked->outcome), ErrorCode::timeout);
  // The unit behind it was sent already and waits in line: the cancel frees it.
  test.run_until([&] { return behind->outcome.has_value(); });
  ASSERT_TRUE(behind->outcome->has_value()) << behind->outcome->error().message;
  EXPECT_EQ(test.metrics.render().find("database_connections_dropped_total 1"), std::string::npos);
  EXPECT_EQ(test.value("select pg_backend_pid()::text"),
            std::to_string(before.front() == holder->backend() ? before.back() : before.front()));
}

TEST(PoolFaults, AUnitThatACancelHitsByMistakeIsSentAgain) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  auto holder = hold_lock(test);
  const auto innocent = test.begin(block(), {.timeout = seconds(60)});
  const auto repeated = [&] {
    return test.metrics.render().find("database_unit_repeats_total 1") != std::string::npos;
  };
  // It may not have begun yet when the first cancel comes: idle sessions ignore them.
  for (int tries = 0; tries < 1'000 && !repeated() && !innocent->outcome; ++tries) {
    test.postgres.sql("postgres",
                      "select pg_cancel_backend(pid) from pg_stat_activity where "
                      "datname = '" +
                          test.database + "' and pid <> " + std::to_string(holder->backend()));
    test.loop.restart();
    test.loop.poll();
  }
  EXPECT_TRUE(repeated());
  holder.reset();
  test.run_until([&] { return innocent->outcome.has_value(); });
  EXPECT_TRUE(innocent->outcome->has_value());
}

TEST(PoolFaults, AFrozenSessionCostsItsUnitsATimeoutAndOthersNothing) {
  TestPool test(PrivatePostgres::shared(), {.connections = 2});
  test.pool->start();
  test.run_until([&] { return test.pool->health().connections_up == 2; });
  const pid_t frozen = static_cast<pid_t>(std::stol(test.value("select pg_backend_pid()::text")));
  kill(frozen, SIGSTOP);
  std::vector<std::shared_ptr<TestPool::Running>> units;
  for (int index = 0; index < 2; ++index) {
    units.push_back(test.begin({{"select 1", {}}}, {.timeout = seconds(3)}));
  }
  const auto answered = [&] {
    return std::ranges::count_if(units, [](const auto& unit) { return unit->outcome.has_value(); });
  };
  test.run_until([&] { return answered() == 1; });
  test.clock.advance(seconds(3));
  test.run_until([&] { return answered() == 2; });
  std::vector<bool> fine;
  for (const auto& unit : units)
    fine.push_back(unit->outcome->has_value());
  EXPECT_EQ(std::ranges::count(fine, true), 1);
  // The other connection is picked while this one is in doubt.
  EXPECT_EQ(test.value("select 'fine'"), "fine");
  // The cancel does not help, so the connection is dropped and made anew.
  test.advance_until([&] { return test.pool->health().connections_up == 1; }, milliseconds(100));
  test.advance_until([&] { return test.pool->health().connections_up == 2; }, milliseconds(100));
  EXPECT_NE(test.metrics.render().find("database_connections_dropped_total 1"), std::string::npos);
  kill(frozen, SIGCONT);
}

TEST(PoolFaults, AUnitThatWaitsForAConnectionTimesOutToo) {
  TestPool test(PrivatePostgres::shared(), {.connections = 1, .in_flight_max = 1});
  test.start();
  const auto holder = hold_lock(test);
  const auto blocked = test.begin(block(), {.timeout = seconds(60)});
  const auto waiting = test.begin({{"select 1", {}}}, {.timeout = seconds(1)});
  EXPECT_EQ(test.pool->health().waiting, 1U);
  test.clock.advance(seconds(1));
  test.run_until([&] { return waiting->outcome.has_value(); });
  EXPECT_EQ(code_of_error(*waiting->outcome), ErrorCode::timeout);
  EXPECT_FALSE(blocked->outcome.has_value());
  EXPECT_EQ(test.pool->health().waiting, 0U);
}

TEST(PoolFaults, AKilledSessionLosesItsUnitsAndIsReplaced) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  const auto holder = hold_lock(test);
  const auto lost = test.begin(block());
  const auto repeatable = test.begin({{"select 'again'", {}}},
                                     {.timeout = seconds(100), .repeatable = Repeatable::yes});
  test.postgres.sql("postgres",
                    "select pg_terminate_backend(pid) from pg_stat_activity where "
                    "datname = '" +
                        test.database + "' and pid <> " + std::to_string(holder->backend()));
  test.run_until([&] { return lost->outcome.has_value(); });
  EXPECT_EQ(code_of_error(*lost->outcome), ErrorCode::unavailable);
  test.advance_until([&] { return repeatable->outcome.has_value(); }, milliseconds(10));
  ASSERT_TRUE(repeatable->outcome->has_value()) << repeatable->outcome->error().message;
  EXPECT_EQ((*repeatable->outcome)->front().string(0, 0), "again");
}

TEST(PoolFaults, AConnectionLostInIdlenessIsNoticedWithoutAUnit) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  test.postgres.sql("postgres",
                    "select pg_terminate_backend(pid) from pg_stat_activity where "
                    "datname = '" +
                        test.database + "'");
  test.run_until([&] { return test.pool->health().connections_up == 0; });
  test.advance_until([&] { return test.pool->health().connections_up == 1; }, milliseconds(10));
  EXPECT_EQ(test.value("select 'back'"), "back");
}

TEST(PoolFaults, AKilledServerIsUnavailableUntilItIsBack) {
  TestPool test(fragile(), {.connections = 2});
  test.pool->start();
  test.run_until([&] { return test.pool->health().connections_up == 2; });
  const auto holder = hold_lock(test);
  std::vector<std::shared_ptr<TestPool::Running>> units;
  for (int index = 0; index < 10; ++index)
    units.push_back(test.begin(block()));
  const std::vector<pid_t> sessions = test.postgres.backends(test.database);
  // All of it at one stroke: otherwise the holder's session goes first and lets the others finish.
  test.postgres.send(SIGSTOP);
  for (const pid_t session : sessions)
    kill(session, SIGKILL);
  test.postgres.kill();
  for (const auto& unit : units) {
    test.run_until([&] { return unit->outcome.has_value(); });
    EXPECT_EQ(code_of_error(*unit->outcome), ErrorCode::unavailable);
  }
  test.advance_until([&] { return test.pool->health().state == PoolState::down; },
                     milliseconds(100));
  // Nobody waits for a server that is known to be away.
  EXPECT_EQ(test.value("select 1"), "unavailable");
  EXPECT_NE(test.pool->health().last_error, "");
  test.postgres.restart();
  test.advance_until([&] { return test.pool->health().connections_up == 2; }, milliseconds(100));
  EXPECT_EQ(test.value("select 'back'"), "back");
  EXPECT_EQ(test.pool->health().last_error, "");
}

TEST(PoolFaults, AFrozenServerIsATimeoutAndAThawedOneServesOn) {
  TestPool test(fragile());
  test.start();
  const std::vector<pid_t> sessions = test.postgres.backends(test.database);
  test.postgres.send(SIGSTOP);
  for (const pid_t session : sessions)
    kill(session, SIGSTOP);
  const auto unit = test.begin({{"select 1", {}}}, {.timeout = seconds(3)});
  test.clock.advance(seconds(3));
  test.run_until([&] { return unit->outcome.has_value(); });
  EXPECT_EQ(code_of_error(*unit->outcome), ErrorCode::timeout);
  // The connection is dropped; new ones meet a server that accepts and says nothing.
  test.advance_until([&] { return test.pool->health().state == PoolState::down; },
                     milliseconds(500));
  test.postgres.send(SIGCONT);
  for (const pid_t session : sessions)
    kill(session, SIGCONT);
  test.advance_until([&] { return test.pool->health().connections_up == 1; }, milliseconds(10));
  EXPECT_EQ(test.value("select 'thawed'"), "thawed");
}

TEST(PoolFaults, StopDoesNotWaitForEverForAUnitThatNeverEnds) {
  TestPool test(PrivatePostgres::shared());
  test.start();
  const auto holder = hold_lock(test);
  const auto blocked = test.begin(block(), {.timeout = seconds(600)});
  bool stopped = false;
  TaskGroup stopping(test.loop.get_executor());
  stopping.spawn([](Pool& pool, bool& done) -> Task<> {
    co_await pool.stop();
    done = true;
  }(*test.pool, stopped));
  test.advance_until([&] { return stopped; }, seconds(1));
  ASSERT_TRUE(blocked->outcome.has_value());
  EXPECT_EQ(code_of_error(*blocked->outcome), ErrorCode::unavailable);
}

}  // namespace
}  // namespace antiphon::store

// A pool on a private PostgreSQL with a clock that the test moves. For tests only.
#pragma once

#include "core/system_clock.h"
#include "store/postgres/pool.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::store {

struct TestPool {
  explicit TestPool(PrivatePostgres& postgres_, PoolConfig config = {.connections = 1})
      : postgres(postgres_), database(postgres_.create_database()) {
    config.url = postgres.url(database);
    pool = std::make_unique<Pool>(loop.get_executor(), clock, random, log, metrics, config);
    for (const WorkspaceId id : {workspace, other_workspace}) {
      postgres.sql(database, "insert into public.workspaces (id, slug, name) values ('" +
                                 id.to_string() + "', 'w-' || gen_random_uuid(), 'Test')");
    }
  }
  ~TestPool() { antiphon::run(loop, pool->stop()); }

  void start() {
    pool->start();
    ASSERT_TRUE(antiphon::run(loop, pool->wait_until_up(Timepoint::max())));
  }
  [[nodiscard]] Principal server(WorkspaceId id) const {
    return {PrincipalKind::system, Uuid{}, id, Role::owner, "test"};
  }
  // Begins a unit and returns once it was sent; its outcome appears later.
  struct Running {
    std::optional<Result<std::vector<Rows>>> outcome;
  };
  std::shared_ptr<Running> begin(std::vector<Statement> statements, UnitOptions options = {}) {
    auto running = std::make_shared<Running>();
    group.spawn(follow(pool->run(server(workspace), std::move(statements), options), running));
    loop.restart();
    loop.poll();
    return running;
  }
  Result<std::vector<Rows>> run(std::vector<Statement> statements, UnitOptions options = {}) {
    return antiphon::run(loop, pool->run(server(workspace), std::move(statements), options));
  }
  // The first value of the first statement, or the error's name.
  std::string value(std::string_view sql) {
    auto rows = run({{sql, {}}});
    if (!rows) return std::string(name_of(rows.error().code));
    return rows->front().string(0, 0);
  }
  // Runs the loop until `done`; real servers decide when. One that is silent for a minute failed.
  template <class Done>
  void run_until(Done done) {
    loop.restart();
    while (!done() && loop.run_one_for(std::chrono::seconds(60)) > 0) {
    }
    ASSERT_TRUE(done());
  }
  // Moves the clock in steps until `done`: each step lets what waits for it go on.
  template <class Done>
  void advance_until(Done done, Duration step) {
    for (int steps = 0; !done() && steps < 100'000; ++steps) {
      clock.advance(step);
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(20));
      loop.poll();
    }
    ASSERT_TRUE(done());
  }

  static Task<> follow(Task<Result<std::vector<Rows>>> work, std::shared_ptr<Running> running) {
    running->outcome = co_await std::move(work);
  }

  PrivatePostgres& postgres;
  std::string database;
  boost::asio::io_context loop{1};
  ManualClock clock;
  SeededRandom random{Seed{1}};
  SystemClock wall;
  Log log{wall, 2, LogLevel::error};
  Metrics metrics;
  WorkspaceId workspace{*Uuid::parse("00000000-0000-4000-8000-0000000000a1")};
  WorkspaceId other_workspace{*Uuid::parse("00000000-0000-4000-8000-0000000000b2")};
  std::unique_ptr<Pool> pool;
  TaskGroup group{loop.get_executor()};
};

inline ErrorCode code_of_error(const Result<std::vector<Rows>>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::closed : result.error().code;
}

}  // namespace antiphon::store

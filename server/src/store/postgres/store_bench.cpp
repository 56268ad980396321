// Units a second through the pool, on a real PostgreSQL behind row-level security, beside pgbench's
// own figures for the same statement (tests/README: pgbench -M prepared -f).
#include "core/system_clock.h"
#include "store/postgres/stores.h"
#include "testing/private_servers.h"

#include <benchmark/benchmark.h>

namespace antiphon::store {
namespace {

struct Bench {
  explicit Bench(std::size_t connections)
      : database(postgres.create_database()),
        pool(loop.get_executor(), clock, random, log, metrics,
             {.url = postgres.url(database), .connections = connections}) {
    const std::string id = "'" + principal.workspace.to_string() + "'";
    const std::string user = "'" + principal.id.to_string() + "'";
    postgres.sql(database,
                 "insert into auth.users (id) values (" + user +
                     ");"
                     "insert into public.workspaces (id, slug, name) values (" +
                     id +
                     ", 'w', 'w');"
                     "insert into public.workspace_members (workspace_id, user_id, role) values (" +
                     id + ", " + user +
                     ", 'owner');"
                     "insert into public.agents (workspace_id, slug, name, created_at) select " +
                     id +
                     ", 'a-' || n, 'Agent ' || n, now() - n * interval '1 minute'"
                     " from generate_series(1, 1000) n; analyze;");
    pool.start();
    run(loop, pool.wait_until_up(Timepoint::max()));
  }
  ~Bench() { run(loop, pool.stop()); }

  PrivatePostgres& postgres = PrivatePostgres::shared();
  std::string database;
  boost::asio::io_context loop{1};
  SystemClock clock;
  SystemRandom random;
  Log log{clock, 2, LogLevel::error};
  Metrics metrics;
  Principal principal{PrincipalKind::user, Uuid::make_random(random),
                      WorkspaceId(Uuid::make_random(random)), Role::owner, "bench"};
  Pool pool;
  PostgresStores stores{pool, log};
};

// `depth` callers, each of which begins its next unit when the last one ended.
template <class MakeTask>
void keep_busy(benchmark::State& state, Bench& bench, MakeTask make) {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  bool stopping = false;
  TaskGroup group(bench.loop.get_executor());
  const auto caller = [&]() -> Task<> {
    while (!stopping) {
      const bool fine = co_await make();
      ++(fine ? done : failed);
    }
  };
  for (int index = 0; index < state.range(1); ++index)
    group.spawn(caller());
  for (auto _ : state) {
    const std::int64_t before = done;
    bench.loop.restart();
    while (done < before + 100)
      bench.loop.run_one();
  }
  stopping = true;
  run(bench.loop, group.join());
  if (failed > 0) state.SkipWithError("units failed");
  state.SetItemsProcessed(state.iterations() * 100);
}

void select_one(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  keep_busy(state, bench, [&]() -> Task<bool> {
    const auto rows = co_await bench.pool.run(bench.principal, {{"select 1", {}}});
    co_return rows.has_value();
  });
}

void find_agent_by_slug(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  keep_busy(state, bench, [&]() -> Task<bool> {
    const auto agent = co_await bench.stores.agents().find_by_slug(bench.principal, "a-500");
    co_return agent.has_value();
  });
}

void list_agents(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  keep_busy(state, bench, [&]() -> Task<bool> {
    const auto page =
        co_await bench.stores.agents().list(bench.principal, {}, {.limit = 20, .cursor = {}});
    co_return page.has_value() && page->items.size() == 20;
  });
}

BENCHMARK(select_one)->Args({1, 1})->Args({1, 16})->Args({4, 32})->UseRealTime();
BENCHMARK(find_agent_by_slug)->Args({1, 1})->Args({4, 32})->UseRealTime();
BENCHMARK(list_agents)->Args({1, 1})->Args({4, 32})->UseRealTime();

}  // namespace
}  // namespace antiphon::store

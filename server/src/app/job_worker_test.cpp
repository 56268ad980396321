// Workers on a real PostgreSQL: no job is done by two, none is lost with a worker that is killed.
#include "service/job_worker.h"

#include "core/system_clock.h"
#include "store/postgres/jobs.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));

struct Bench {
  explicit Bench(const std::string& url)
      : pool(loop.get_executor(), wall, random, log, metrics, {.url = url, .connections = 2}) {
    pool.start();
    EXPECT_TRUE(run(loop, pool.wait_until_up(wall.now() + 60s)));
  }
  ~Bench() { run(loop, pool.stop()); }

  std::unique_ptr<JobWorker> worker(std::string name, std::size_t concurrency = 2) {
    return std::make_unique<JobWorker>(
        loop.get_executor(), JobWorker::Parts{jobs, clock, random, log, metrics},
        JobWorkerOptions{.name = std::move(name), .concurrency = concurrency});
  }
  template <class Done>
  void run_until(Done done) {
    for (int step = 0; !done() && step < 20'000; ++step) {
      clock.advance(1s);
      loop.restart();
      loop.run_one_for(5ms);
      loop.poll();
    }
    ASSERT_TRUE(done());
  }

  boost::asio::io_context loop{1};
  SystemClock wall;
  ManualClock clock;  // of the workers: their pauses pass as fast as the test likes
  SeededRandom random{Seed{1}};
  Log log{wall, -1, LogLevel::error};
  Metrics metrics;
  store::Pool pool;
  store::PostgresJobs jobs{pool};
};

class JobWorkerTest : public testing::Test {
 protected:
  JobWorkerTest() {
    sql("insert into public.workspaces (id, slug, name) values ('" + kWorkspace.to_string() +
        "', 'jobs', 'Jobs')");
  }
  std::string sql(const std::string& statement) { return postgres_.sql(database_, statement); }
  void add(int count, const std::string& kind = "test.work", int attempts_max = 5) {
    sql("insert into public.jobs (workspace_id, kind, attempts_max, payload, created_by) select '" +
        kWorkspace.to_string() + "', '" + kind + "', " + std::to_string(attempts_max) +
        ", jsonb_build_object('number', n), 'test' from generate_series(1, " +
        std::to_string(count) + ") n");
  }
  std::string count(const std::string& where) {
    return sql("select count(*) from public.jobs where " + where);
  }

  PrivatePostgres& postgres_ = PrivatePostgres::shared();
  const std::string database_ = postgres_.create_database();
  Bench bench_{postgres_.url(database_)};
};

TEST_F(JobWorkerTest, DoesEachJobOnceThoughManyWorkersLook) {
  add(60);
  std::map<std::string, int> done;
  std::size_t most = 0;
  std::vector<std::unique_ptr<JobWorker>> workers;
  for (const std::string name : {"a", "b", "c"}) {
    auto worker = bench_.worker(name, 4);
    worker->add("test.work", [&done, &most, &self = *worker](LeasedJob job) -> Task<Result<>> {
      most = std::max(most, self.running());
      ++done[job.payload];
      co_return Result<>{};
    });
    worker->start();
    workers.push_back(std::move(worker));
  }
  bench_.run_until([&] { return count("outcome = 'succeeded'") == "60"; });
  EXPECT_EQ(done.size(), 60u);
  for (const auto& [job, times] : done)
    EXPECT_EQ(times, 1) << job;
  EXPECT_LE(most, 4u);
  for (auto& worker : workers)
    run(bench_.loop, worker->stop());
}

TEST_F(JobWorkerTest, TriesAgainLaterAndGivesUpInTheEnd) {
  add(1, "test.work", 2);
  int attempts = 0;
  auto worker = bench_.worker("a");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    ++attempts;
    co_return failure(ErrorCode::unavailable, "the other side is away");
  });
  worker->start();
  bench_.run_until([&] { return count("attempts = 1 and lease_token is null") == "1"; });
  EXPECT_EQ(sql("select run_at - now() between interval '2 s' and interval '7 s' from public.jobs"),
            "t");
  sql("update public.jobs set run_at = now()");
  bench_.run_until([&] { return count("outcome = 'failed'") == "1"; });
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(sql("select last_error from public.jobs"), "the other side is away");
  const Principal principal{PrincipalKind::system, Uuid{}, kWorkspace, Role::owner, "test"};
  const auto failed = run(bench_.loop, bench_.jobs.list(principal, JobState::failed, {10, ""}));
  ASSERT_TRUE(failed);
  ASSERT_EQ(failed->items.size(), 1u);
  const auto again = run(bench_.loop, bench_.jobs.retry(principal, failed->items[0].id));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->state, JobState::waiting);
  EXPECT_EQ(run(bench_.loop, bench_.jobs.retry(principal, again->id)).error().code,
            ErrorCode::wrong_state);
  run(bench_.loop, worker->stop());
}

TEST_F(JobWorkerTest, DoesNotTryAgainWhatCannotSucceed) {
  add(1);
  auto worker = bench_.worker("a");
  worker->add("test.work", [](LeasedJob) -> Task<Result<>> {
    co_return failure(ErrorCode::not_found, "it is gone");
  });
  worker->start();
  bench_.run_until([&] { return count("outcome = 'failed' and attempts = 1") == "1"; });
  run(bench_.loop, worker->stop());
}

TEST_F(JobWorkerTest, GivesBackWhatItWasDoingWhenItIsToldToStop) {
  add(1);
  bool began = false;
  auto worker = bench_.worker("a");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    began = true;
    auto slept = co_await bench_.clock.sleep_for(1h);
    co_return slept;
  });
  worker->start();
  bench_.run_until([&] { return began; });
  run(bench_.loop, worker->stop());
  EXPECT_EQ(count("outcome is null and lease_token is null and run_at <= now()"), "1");
}

TEST_F(JobWorkerTest, StopsWhatItDoesWhenItsLeaseIsLost) {
  add(1);
  bool began = false;
  bool was_cancelled = false;
  auto worker = bench_.worker("a");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    began = true;
    auto slept = co_await bench_.clock.sleep_for(1h);
    was_cancelled = !slept;
    co_return slept;
  });
  worker->start();
  bench_.run_until([&] { return began; });
  sql("update public.jobs set lease_until = now() - interval '1 s', run_at = now() + interval '1 "
      "h',"
      " leased_by = 'b'");
  bench_.run_until([&] { return was_cancelled || worker->running() == 0; });
  EXPECT_EQ(bench_.metrics.counter("jobs_total", "", {{"outcome", "lost"}}).value(), 1u);
  EXPECT_EQ(count("outcome is null"), "1");
  run(bench_.loop, worker->stop());
}

// Not a test: the worker that the next one kills.
TEST(JobWorkerChild, DISABLED_TakesAJobAndHangs) {
  const char* const url = std::getenv("ANTIPHON_TEST_DATABASE");
  ASSERT_NE(url, nullptr);
  Bench bench(url);
  auto worker = bench.worker("killed");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    std::puts("leased");
    std::fflush(stdout);
    co_return co_await bench.wall.sleep_for(1h);
  });
  worker->start();
  bench.loop.run();
}

TEST_F(JobWorkerTest, TakesOverFromAWorkerThatWasKilled) {
  add(1);
  setenv("ANTIPHON_TEST_DATABASE", postgres_.url(database_).c_str(), 1);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl("/proc/self/exe", "app_test", "--gtest_filter=JobWorkerChild.*",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 256> chunk;
  while (!said.contains("leased")) {
    const auto bytes = read(ends[0], chunk.data(), chunk.size());
    ASSERT_GT(bytes, 0) << said;
    said.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
  close(ends[0]);
  ::kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  int taken = 0;
  auto worker = bench_.worker("heir");
  worker->add("test.work", [&](LeasedJob job) -> Task<Result<>> {
    taken += job.attempts;
    co_return Result<>{};
  });
  worker->start();
  bench_.run_until([&] { return bench_.clock.sleeper_count() > 0; });
  EXPECT_EQ(count("leased_by = 'killed' and outcome is null"), "1") << "its lease still runs";
  EXPECT_EQ(taken, 0);
  sql("update public.jobs set lease_until = now() - interval '1 s'");
  bench_.run_until([&] { return count("outcome = 'succeeded'") == "1"; });
  EXPECT_EQ(taken, 2) << "the second attempt";
  run(bench_.loop, worker->stop());
}

}  // namespace
}  // namespace antiphon

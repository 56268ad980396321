// Workers on a real PostgreSQL: no job is done by two, none is lost with a worker that is killed.
#include "service/job_worker.h"

#include "core/system_clock.h"
#include "store/postgres/jobs.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));

// Workers of one process: their pauses pass as fast as the test likes, the database's do not.
struct Workers {
  explicit Workers(const std::string& url)
      : pool(loop.get_executor(), wall, random, log, metrics, {.url = url, .connections = 2}) {
    pool.start();
    EXPECT_TRUE(run(loop, pool.wait_until_up(wall.now() + 60s)));
  }
  ~Workers() { run(loop, pool.stop()); }

  std::unique_ptr<JobWorker> make(std::string name, std::size_t concurrency = 2) {
    return std::make_unique<JobWorker>(
        loop.get_executor(), JobWorker::Parts{jobs, clock, random, log, metrics},
        JobWorkerOptions{.name = std::move(name), .concurrency = concurrency});
  }
  // Steps of the workers' clock; between them the database answers.
  template <class Done>
  void run_until(Done done) {
    for (int step = 0; !done() && step < 5'000; ++step) {
      clock.advance(1s);
      loop.restart();
      loop.run_one_for(5ms);
      loop.poll();
    }
    ASSERT_TRUE(done());
  }

  boost::asio::io_context loop{1};
  SystemClock wall;
  ManualClock clock;
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
  std::string sql(const std::string& statement) {
    std::string printed = postgres_.sql(database_, statement);
    if (printed.ends_with('\n')) printed.pop_back();
    return printed;
  }
  void add(int count, int attempts_max = 5) {
    sql("insert into public.jobs (workspace_id, kind, created_by, attempts_max, payload) select '" +
        kWorkspace.to_string() + "', 'test.work', 'test', " + std::to_string(attempts_max) +
        ", jsonb_build_object('number', n) from generate_series(1, " + std::to_string(count) +
        ") n");
  }
  std::string count(const std::string& where) {
    return sql("select count(*) from public.jobs where " + where);
  }
  std::uint64_t ended(const std::string& outcome) {
    return workers_.metrics.counter("jobs_total", "", {{"outcome", outcome}}).value();
  }
  // Until the worker holds nothing and the queue has been told.
  void stop(JobWorker& worker) { run(workers_.loop, worker.stop()); }

  PrivatePostgres& postgres_ = PrivatePostgres::shared();
  const std::string database_ = postgres_.create_database();
  Workers workers_{postgres_.url(database_)};
};

TEST_F(JobWorkerTest, DoesEachJobOnceThoughThreeWorkersLook) {
  add(60);
  std::map<std::string, int> done;
  std::size_t most = 0;
  std::vector<std::unique_ptr<JobWorker>> looking;
  for (const std::string name : {"a", "b", "c"}) {
    auto worker = workers_.make(name, 4);
    worker->add("test.work", [&done, &most, &self = *worker](LeasedJob job) -> Task<Result<>> {
      most = std::max(most, self.running());
      ++done[job.payload];
      co_return Result<>{};
    });
    worker->start();
    looking.push_back(std::move(worker));
  }
  workers_.run_until([&] { return done.size() == 60; });
  for (auto& worker : looking)
    stop(*worker);
  EXPECT_EQ(count("outcome = 'succeeded' and attempts = 1"), "60");
  EXPECT_TRUE(std::ranges::all_of(done, [](const auto& entry) { return entry.second == 1; }));
  EXPECT_LE(most, 4u) << "no worker does more at a time than it may";
}

TEST_F(JobWorkerTest, WaitsTwiceAsLongAfterEachFailureAndGivesUpInTheEnd) {
  add(1, 3);
  auto worker = workers_.make("a");
  int attempts = 0;
  std::string told;
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    ++attempts;
    co_return failure(ErrorCode::unavailable, "the other side is away");
  });
  worker->on_failed([&](const LeasedJob& job, const Error& error) {
    told = job.kind + " " + std::to_string(job.attempts) + " " + error.message;
  });
  worker->start();
  const auto pause_is_about = [&](const std::string& seconds) {
    return sql("select run_at - (select max(statement_timestamp())) between interval '" + seconds +
               " s' * 0.7 and interval '" + seconds + " s' * 1.25 from public.jobs");
  };
  workers_.run_until([&] { return ended("retried") == 1; });
  workers_.run_until([&] { return count("lease_token is null") == "1"; });
  EXPECT_EQ(pause_is_about("5"), "t");
  EXPECT_EQ(attempts, 1) << "before its time nobody takes it";
  sql("update public.jobs set run_at = now()");
  workers_.run_until([&] { return ended("retried") == 2; });
  workers_.run_until([&] { return count("lease_token is null") == "1"; });
  EXPECT_EQ(pause_is_about("10"), "t");
  sql("update public.jobs set run_at = now()");
  workers_.run_until([&] { return !told.empty(); });
  EXPECT_EQ(told, "test.work 3 the other side is away");
  EXPECT_EQ(sql("select outcome || ' ' || last_error from public.jobs"),
            "failed the other side is away");
  stop(*worker);
}

TEST_F(JobWorkerTest, DoesNotTryAgainWhatCannotSucceed) {
  add(1);
  auto worker = workers_.make("a");
  worker->add("test.work", [](LeasedJob) -> Task<Result<>> {
    co_return failure(ErrorCode::not_found, "it is gone");
  });
  worker->start();
  workers_.run_until([&] { return ended("failed") == 1; });
  stop(*worker);
  EXPECT_EQ(count("outcome = 'failed' and attempts = 1"), "1");
}

TEST_F(JobWorkerTest, ShowsDeadJobsAndTriesThemAgainWhenAsked) {
  add(1, 1);
  auto worker = workers_.make("a");
  bool is_mended = false;
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    if (is_mended) co_return Result<>{};
    co_return failure(ErrorCode::unavailable, "away");
  });
  worker->start();
  workers_.run_until([&] { return ended("failed") == 1; });
  const Principal principal{PrincipalKind::system, Uuid{}, kWorkspace, Role::owner, "test"};
  workers_.run_until([&] { return count("outcome = 'failed'") == "1"; });
  const auto dead = run(workers_.loop, workers_.jobs.list(principal, JobState::failed, {10, ""}));
  ASSERT_TRUE(dead);
  ASSERT_EQ(dead->items.size(), 1u);
  EXPECT_EQ(dead->items[0].last_error, "away");
  is_mended = true;
  const auto again = run(workers_.loop, workers_.jobs.retry(principal, dead->items[0].id));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->state, JobState::waiting);
  const auto twice = run(workers_.loop, workers_.jobs.retry(principal, again->id));
  EXPECT_EQ(twice.error().code, ErrorCode::wrong_state);
  workers_.run_until([&] { return ended("succeeded") == 1; });
  stop(*worker);
  EXPECT_EQ(count("outcome = 'succeeded'"), "1");
}

TEST_F(JobWorkerTest, GivesBackWhatItWasDoingWhenItIsToldToStop) {
  add(1);
  bool began = false;
  auto worker = workers_.make("a");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    began = true;
    co_return co_await workers_.clock.sleep_for(1000h);
  });
  worker->start();
  workers_.run_until([&] { return began; });
  stop(*worker);
  EXPECT_EQ(count("outcome is null and lease_token is null and run_at <= now()"), "1");
}

TEST_F(JobWorkerTest, StopsWhatItDoesWhenItsLeaseIsLost) {
  add(1);
  bool began = false;
  bool was_cancelled = false;
  auto worker = workers_.make("a");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    began = true;
    const auto slept = co_await workers_.clock.sleep_for(1000h);
    was_cancelled = !slept;
    co_return slept;
  });
  worker->start();
  workers_.run_until([&] { return began; });
  sql("update public.jobs set lease_until = now() - interval '1 s', run_at = now() + interval"
      " '1 h', attempts = attempts_max - 1");
  workers_.run_until([&] { return ended("lost") == 1; });
  EXPECT_TRUE(was_cancelled);
  stop(*worker);
  EXPECT_EQ(count("outcome is null"), "1") << "what was lost is not told to the queue";
}

// No test: the worker that the next one kills.
TEST(JobWorkerChild, DISABLED_TakesAJobAndHangs) {
  const char* const url = std::getenv("ANTIPHON_TEST_DATABASE");
  ASSERT_NE(url, nullptr);
  Workers workers(url);
  auto worker = workers.make("killed");
  worker->add("test.work", [&](LeasedJob) -> Task<Result<>> {
    std::puts("leased");
    std::fflush(stdout);
    co_return co_await workers.clock.sleep_for(1h);  // of a clock that stands still
  });
  worker->start();
  workers.loop.run();
}

// Runs the test above in a process of its own, up to the moment in which it has the job.
pid_t start_worker_that_hangs(const std::string& url) {
  setenv("ANTIPHON_TEST_DATABASE", url.c_str(), 1);
  std::array<int, 2> ends{};
  CHECK(pipe(ends.data()) == 0, "a test may open a pipe");
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    execl("/proc/self/exe", "app_test", "--gtest_filter=JobWorkerChild.*",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 256> chunk{};
  while (!said.contains("leased")) {
    const auto bytes = read(ends[0], chunk.data(), chunk.size());
    CHECK(bytes > 0, "the worker leases the job that is there");
    said.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
  close(ends[0]);
  return child;
}

TEST_F(JobWorkerTest, TakesOverFromAWorkerThatWasKilled) {
  add(1);
  const pid_t child = start_worker_that_hangs(postgres_.url(database_));
  ::kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  int attempt = 0;
  auto worker = workers_.make("heir");
  worker->add("test.work", [&](LeasedJob job) -> Task<Result<>> {
    attempt = job.attempts;
    co_return Result<>{};
  });
  worker->start();
  int steps = 0;
  workers_.run_until([&] { return ++steps > 20; });  // it looks every other
  EXPECT_EQ(attempt, 0) << "its lease still runs";
  EXPECT_EQ(count("leased_by = 'killed' and outcome is null"), "1");
  sql("update public.jobs set lease_until = now() - interval '1 s'");
  workers_.run_until([&] { return ended("succeeded") == 1; });
  EXPECT_EQ(attempt, 2) << "the second attempt";
  stop(*worker);
  EXPECT_EQ(count("leased_by = 'heir' and outcome = 'succeeded'"), "1");
}

}  // namespace
}  // namespace antiphon

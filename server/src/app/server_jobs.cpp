#include "app/server_jobs.h"

#include "store/postgres/stores.h"

#include <fmt/chrono.h>

#include <utility>

namespace antiphon {

namespace {

constexpr std::chrono::hours kScheduleEvery{6};
constexpr std::string_view kForgetJobs = "jobs.forget_finished";

}  // namespace

ServerJobs::ServerJobs(const Executor& executor, store::Pool& pool, Clock& clock, Random& random,
                       Log& log, Metrics& metrics, std::string name)
    : pool_(pool),
      clock_(clock),
      log_(log),
      store_(pool),
      worker_(executor, {store_, clock, random, log, metrics}, {.name = std::move(name)}),
      background_(executor) {
  worker_.add(std::string(kForgetJobs), [&pool](LeasedJob job) -> Task<Result<>> {
    const auto forgotten = co_await store::forget_finished_jobs(pool, std::move(job));
    if (!forgotten) co_return std::unexpected(forgotten.error());
    co_return Result<>{};
  });
}

void ServerJobs::start() {
  worker_.start();
  background_.spawn(schedule());
}

Task<> ServerJobs::stop() {
  background_.cancel();
  co_await background_.join();
  co_await worker_.stop();
}

// Once a day for each workspace, however many servers there are: the day is the job's key.
Task<> ServerJobs::schedule() {
  do {
    const auto workspaces = co_await store::workspace_ids(pool_);
    if (!workspaces) {
      log_.warning("jobs.not_scheduled", {{"error", workspaces.error()}});
      continue;
    }
    const auto now = std::chrono::system_clock::to_time_t(clock_.wall());
    const std::string day = fmt::format("{:%Y-%m-%d}", fmt::gmtime(now));
    for (const WorkspaceId workspace : *workspaces) {
      const Principal system{
          .kind = PrincipalKind::system, .id = {}, .workspace = workspace, .why = "schedule jobs"};
      const auto added = co_await store_.add(system, std::string(kForgetJobs), "{}", day);
      if (!added) log_.warning("jobs.not_scheduled", {{"error", added.error()}});
    }
  } while (co_await clock_.sleep_for(kScheduleEvery));
}

}  // namespace antiphon

#include "app/server_jobs.h"

#include "api/live/live_documents.h"
#include "json/json.h"
#include "store/postgres/stores.h"
#include "store/recording/disk_archive.h"

#include <fmt/chrono.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::chrono::hours kScheduleEvery{6};
constexpr std::string_view kForgetJobs = "jobs.forget_finished";
constexpr std::string_view kPurge = "workspace.purge";

// What a workspace has outside of the database.
std::vector<WorkspacePurge::Eraser> erasers(const std::filesystem::path& state,
                                            MemoryIndex& index) {
  return {[folder = state / "recordings"](WorkspaceId workspace) {
            return erase_recordings(folder, workspace);
          },
          [folder = state / "call-logs"](WorkspaceId workspace) -> Result<> {
            std::error_code error;
            std::filesystem::remove_all(folder / workspace.to_string(), error);
            if (error) return failure(ErrorCode::unavailable, "the call logs cannot be removed");
            return {};
          },
          [&index](WorkspaceId workspace) -> Result<> {
            index.forget(workspace);
            return {};
          }};
}

}  // namespace

ServerJobs::ServerJobs(const Parts& parts)
    : pool_(parts.pool),
      clock_(parts.context.clock),
      log_(parts.context.log),
      store_(parts.pool),
      purge_store_(parts.pool),
      purge_({purge_store_, parts.sealing.keys, parts.sealing.sealing_keys, parts.disk,
              parts.context.log, parts.config.purge_after,
              erasers(parts.config.state, parts.index)}),
      worker_(parts.context.executor,
              {store_, clock_, parts.context.random, log_, parts.context.metrics},
              {.name = parts.name}),
      background_(parts.context.executor) {
  worker_.add(std::string(kForgetJobs), [this](LeasedJob job) -> Task<Result<>> {
    const auto forgotten = co_await store::forget_finished_jobs(pool_, std::move(job));
    if (!forgotten) co_return std::unexpected(forgotten.error());
    co_return Result<>{};
  });
  worker_.add(std::string(kPurge),
              [this](LeasedJob job) -> Task<Result<>> { return purge_.run(std::move(job)); });
  worker_.on_failed([&feed = parts.feed](const LeasedJob& job, const Error& error) {
    feed.publish({.id = {},
                  .workspace = job.workspace,
                  .conversation = {},
                  .agent = {},
                  .event = to_json(WorkspaceNotice(
                      JobFailedNotice{job.id, job.kind, job.attempts, error.message}))});
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
    for (const WorkspaceId workspace : *workspaces)
      co_await add_job(workspace, kForgetJobs, day);
    co_await schedule_purges(day);
  } while (co_await clock_.sleep_for(kScheduleEvery));
}

// A purge that failed for good is tried again the next day.
Task<> ServerJobs::schedule_purges(std::string day) {
  const auto due = co_await purge_.due();
  if (!due) log_.warning("jobs.not_scheduled", {{"error", due.error()}});
  if (!due) co_return;
  for (const WorkspaceId workspace : *due)
    co_await add_job(workspace, kPurge, day);
}

Task<> ServerJobs::add_job(WorkspaceId workspace, std::string_view kind, std::string key) {
  const Principal system{
      .kind = PrincipalKind::system, .id = {}, .workspace = workspace, .why = "schedule jobs"};
  const auto added = co_await store_.add(system, std::string(kind), "{}", std::move(key));
  if (!added) log_.warning("jobs.not_scheduled", {{"error", added.error()}});
}

}  // namespace antiphon

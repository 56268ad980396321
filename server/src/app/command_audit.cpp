#include "app/commands.h"
#include "app/data_directory.h"
#include "app/embedded_postgres.h"
#include "app/run_until_done.h"
#include "core/system_clock.h"
#include "service/audit_service.h"
#include "store/postgres/account_stores.h"
#include "store/postgres/stores.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kPatience{10};

// DATABASE_URL, or the private database that `antiphon up` runs in the data directory.
Result<std::string> database_url(const Options& options) {
  if (options.has("database-url")) return options.get("database-url");
  std::filesystem::path folder = options.get("data-dir");
  if (folder.empty()) {
    auto standard = default_data_directory([](const char* name) { return environment_value(name); },
                                           geteuid() == 0);
    if (!standard) return std::unexpected(std::move(standard.error()));
    folder = std::move(*standard);
  }
  const auto folders = prepare_embedded_folders(
      std::filesystem::absolute(folder), [](const char* name) { return environment_value(name); });
  if (!folders) return std::unexpected(folders.error());
  return postgres_url(*folders, "antiphon_app");
}

Result<std::vector<WorkspaceId>> wanted(const Options& options) {
  if (!options.has("workspace")) return std::vector<WorkspaceId>{};
  const auto id = Uuid::parse(options.get("workspace"));
  if (!id) return failure(ErrorCode::invalid_argument, "--workspace takes the id of a workspace");
  return std::vector{WorkspaceId(*id)};
}

void print(WorkspaceId workspace, const AuditVerdict& verdict) {
  if (verdict.broken_at) {
    fmt::print("{}  BROKEN at entry {}: {}\n", workspace.to_string(), *verdict.broken_at,
               verdict.reason);
    return;
  }
  fmt::print("{}  sound: {} entries{}, head {}\n", workspace.to_string(), verdict.entries,
             verdict.begins_at > 1 ? fmt::format(" from entry {}", verdict.begins_at) : "",
             verdict.head);
}

// Yields whether every chain is sound.
Task<Result<bool>> verify_all(store::Pool& pool, Clock& clock,
                              std::vector<WorkspaceId> workspaces) {
  pool.start();
  if (!co_await pool.wait_until_up(clock.now() + kPatience)) {
    co_return failure(ErrorCode::unavailable,
                      "the database does not answer: " + pool.health().last_error);
  }
  if (workspaces.empty()) {
    auto all = co_await store::workspace_ids(pool);
    if (!all) co_return std::unexpected(std::move(all.error()));
    workspaces = std::move(*all);
  }
  store::PostgresAccounts accounts(pool);
  AuditService audit(accounts.audit());
  bool sound = true;
  for (const WorkspaceId workspace : workspaces) {
    Principal system{.kind = PrincipalKind::system, .workspace = workspace, .why = "verify audit"};
    const auto verdict = co_await audit.verify(std::move(system));
    if (!verdict) co_return std::unexpected(verdict.error());
    print(workspace, *verdict);
    sound = sound && !verdict->broken_at;
  }
  co_return sound;
}

Task<Result<bool>> verify_and_stop(store::Pool& pool, Clock& clock,
                                   std::vector<WorkspaceId> workspaces) {
  auto sound = co_await verify_all(pool, clock, std::move(workspaces));
  co_await pool.stop();
  co_return sound;
}

}  // namespace

int run_audit_verify(const Options& options) {
  auto workspaces = wanted(options);
  if (!workspaces) return fail(workspaces.error());
  auto url = database_url(options);
  if (!url) return fail(url.error());
  SystemClock clock;
  SystemRandom random;
  Metrics metrics;
  Log log(clock, 2, LogLevel::error);
  boost::asio::io_context loop;
  store::Pool pool(loop.get_executor(), clock, random, log, metrics,
                   {.url = std::move(*url), .connections = 1});
  const auto sound = run_until_done(loop, verify_and_stop(pool, clock, std::move(*workspaces)));
  if (!sound) return fail(sound.error());
  return *sound ? 0 : 1;
}

}  // namespace antiphon

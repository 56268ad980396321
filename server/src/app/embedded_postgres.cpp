#include "app/embedded_postgres.h"

#include "app/orphan.h"
#include "core/percent.h"
#include "core/task_group.h"
#include "process/run_child.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>

namespace antiphon {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr int kMajorLeast = 15;
constexpr std::string_view kReadyMark = "antiphon.ready";

// supabase/shim/cluster.sql says what and why; this is its form that can be run again, and the
// extensions.
constexpr std::string_view kBootstrap = R"sql(
set client_min_messages = warning;
select 'create role antiphon_owner login createrole bypassrls'
 where not exists (select from pg_roles where rolname = 'antiphon_owner') \gexec
select 'create database antiphon owner antiphon_owner'
 where not exists (select from pg_database where datname = 'antiphon') \gexec
\connect antiphon
set client_min_messages = warning;
create schema if not exists extensions authorization antiphon_owner;
create extension if not exists pgcrypto schema extensions;
create extension if not exists pg_trgm schema extensions;
)sql";

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

// 0: there is no cluster.
int major_of(const fs::path& cluster) {
  std::ifstream file(cluster / "PG_VERSION");
  int major = 0;
  return file >> major ? major : 0;
}

bool has_programs(const fs::path& folder) {
  return access((folder / "postgres").c_str(), X_OK) == 0 &&
         access((folder / "initdb").c_str(), X_OK) == 0 &&
         access((folder / "psql").c_str(), X_OK) == 0;
}

// Debian's layout: ROOT/<major>/bin.
std::vector<PostgresPrograms> installed(const std::vector<fs::path>& roots) {
  std::vector<PostgresPrograms> found;
  for (const fs::path& root : roots) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root, error)) {
      const auto major = number_in(entry.path().filename().string());
      if (major && *major >= kMajorLeast && has_programs(entry.path() / "bin")) {
        found.push_back({entry.path() / "bin", *major});
      }
    }
  }
  std::ranges::sort(found, {}, &PostgresPrograms::major);
  return found;
}

ChildOptions options_for(const EmbeddedFolders& folders, std::vector<std::string> arguments) {
  ChildOptions options;
  options.arguments = std::move(arguments);
  options.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                         "HOME=" + folders.postgres.string()};
  options.working_directory = folders.postgres;
  options.account = folders.account;
  return options;
}

Task<Result<>> run_tool(ServiceContext& context, const EmbeddedFolders& folders, std::string what,
                        std::vector<std::string> arguments, std::string input) {
  ChildRun run;
  run.options = options_for(folders, std::move(arguments));
  run.input = std::move(input);
  run.time_max = 120s;
  const auto output = co_await run_child(context.launcher, context.clock, std::move(run));
  if (!output) co_return std::unexpected(output.error());
  if (output->status.is_success()) co_return Result<>{};
  co_return failure(ErrorCode::unavailable, what + " failed (" + output->status.to_string() +
                                                "): " + telling_line(output->error));
}

// A list in PostgreSQL's configuration; quoted, so that a comma in a path is no second entry.
std::string quoted(const fs::path& path) {
  std::string text = "\"";
  for (const char character : path.string()) {
    if (character == '"') text += '"';
    text += character;
  }
  return text + '"';
}

// The postmaster writes its state into line 8 of its pid file; pg_ctl reads the same.
Task<bool> is_postgres_ready(fs::path pid_file, pid_t pid) {
  std::ifstream file(pid_file);
  std::string line;
  for (int number = 1; number <= 8; ++number) {
    if (!std::getline(file, line)) co_return false;
    if (number == 1 && number_in(line) != pid) co_return false;
  }
  co_return line.starts_with("ready");
}

}  // namespace

Result<PostgresPrograms> find_postgres(const std::vector<fs::path>& roots,
                                       const fs::path& cluster) {
  const std::vector<PostgresPrograms> found = installed(roots);
  if (found.empty()) {
    return failure(ErrorCode::not_found,
                   "PostgreSQL 15 is not installed; run: apt install postgresql-15, or set "
                   "DATABASE_URL to a server of your own");
  }
  const int needed = is_cluster_ready(cluster) ? major_of(cluster) : kMajorLeast;
  const auto exact = std::ranges::find(found, needed, &PostgresPrograms::major);
  if (exact != found.end()) return *exact;
  if (!is_cluster_ready(cluster)) return found.back();
  return failure(ErrorCode::unsupported,
                 fmt::format("{} was made by PostgreSQL {}, and {} is installed; run: apt install "
                             "postgresql-{}",
                             cluster.string(), needed, found.back().major, needed));
}

bool is_cluster_ready(const fs::path& cluster) {
  std::error_code error;
  return fs::exists(cluster / kReadyMark, error);
}

Task<Result<>> make_cluster(ServiceContext& context, const PostgresPrograms& programs,
                            const EmbeddedFolders& folders) {
  std::error_code error;
  fs::remove_all(folders.cluster(), error);
  if (error) {
    co_return failure(
        ErrorCode::permission_denied,
        "removing the unfinished " + folders.cluster().string() + ": " + error.message());
  }
  std::vector<std::string> arguments{
      programs.folder / "initdb", "--pgdata=" + folders.cluster().string(),
      "--username=" + std::string(kPostgresSuperuser),
      // Right behind a socket in a folder of mode 0700, and only there.
      "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"};
  co_return co_await run_tool(context, folders, "making the database cluster", std::move(arguments),
                              {});
}

namespace {

Task<> bootstrap(ServiceContext& context, const PostgresPrograms& programs,
                 const EmbeddedFolders& folders, Result<>& outcome) {
  std::vector<std::string> arguments{programs.folder / "psql",
                                     "-XqAt",
                                     "-v",
                                     "ON_ERROR_STOP=1",
                                     "-h",
                                     folders.run.string(),
                                     "-U",
                                     std::string(kPostgresSuperuser),
                                     "-d",
                                     "postgres"};
  outcome = co_await run_tool(context, folders, "making the database", std::move(arguments),
                              std::string(kBootstrap));
}

Task<> sync_cluster(ServiceContext& context, const EmbeddedFolders& folders, Result<>& outcome) {
  // The whole file system at once: measured 65-330 ms where `initdb --sync-only`, file by file,
  // took 2.2-2.6 s.
  std::vector<std::string> arguments{"/bin/sync", "--file-system", folders.cluster().string()};
  outcome = co_await run_tool(context, folders, "writing the database cluster to the disk",
                              std::move(arguments), {});
}

}  // namespace

Task<Result<>> finish_cluster(ServiceContext& context, const PostgresPrograms& programs,
                              const EmbeddedFolders& folders) {
  // What initdb wrote is synced beside the bootstrap, whose own writes PostgreSQL syncs itself.
  Result<> bootstrapped;
  Result<> synced;
  TaskGroup group(context.executor);
  group.spawn(bootstrap(context, programs, folders, bootstrapped));
  group.spawn(sync_cluster(context, folders, synced));
  co_await group.join();
  if (!bootstrapped) co_return bootstrapped;
  if (!synced) co_return synced;
  const fs::path mark = folders.cluster() / kReadyMark;
  const auto written = write_private_file(mark, "made for antiphon\n");
  if (!written) co_return written;
  // Every file in its folder must be one that PostgreSQL may open.
  if (folders.account && chown(mark.c_str(), folders.account->user, folders.account->group) != 0) {
    co_return failure(ErrorCode::permission_denied, "giving away " + mark.string());
  }
  co_return Result<>{};
}

Task<Result<>> end_postgres_orphan(ServiceContext& context, const EmbeddedFolders& folders) {
  Orphan orphan;
  orphan.pid_file = folders.cluster() / "postmaster.pid";
  orphan.folder = folders.cluster();
  orphan.programs = {"postgres"};
  // Fast shutdown, then immediate shutdown, then what nobody survives.
  orphan.signals = {{SIGINT, 20s}, {SIGQUIT, 5s}, {SIGKILL, 5s}};
  const fs::path pid_file = orphan.pid_file;
  const auto ended = co_await end_orphans(context.executor, context.clock, std::move(orphan));
  if (!ended) co_return ended;
  // Nobody lives in the cluster. The number in a stale lock file may belong to a zombie or to
  // somebody else by now, and PostgreSQL would refuse to start for as long as that one lives.
  std::error_code ignored;
  fs::remove(pid_file, ignored);
  fs::remove(folders.run / ".s.PGSQL.5432.lock", ignored);
  co_return Result<>{};
}

ServiceRecipe postgres_recipe(const PostgresPrograms& programs, const EmbeddedFolders& folders) {
  ServiceRecipe recipe;
  recipe.name = ServiceName::postgres;
  recipe.log_file = folders.logs / "postgres.log";
  std::vector<std::string> arguments{programs.folder / "postgres", "-D",
                                     folders.cluster().string()};
  // On the command line, where postgresql.conf cannot undo them: what keeps it private and logs in
  // one place.
  for (const std::string& setting :
       {std::string("listen_addresses="), "unix_socket_directories=" + quoted(folders.run),
        std::string("unix_socket_permissions=0700"), std::string("logging_collector=off"),
        std::string("log_destination=stderr"), std::string("log_checkpoints=off"),
        std::string("log_line_prefix=%m [%p] "), std::string("port=5432"),
        // After a crash: one sync of the file system instead of a thousand of files.
        std::string("recovery_init_sync_method=syncfs")}) {
    arguments.emplace_back("-c");
    arguments.push_back(setting);
  }
  recipe.options = options_for(folders, std::move(arguments));
  // SIGINT is the fast shutdown: sessions end, everything is written. SIGTERM would wait for the
  // sessions.
  recipe.stop_signal = SIGINT;
  recipe.options.parent_death_signal = SIGINT;
  recipe.stop_grace = 30s;
  const fs::path pid_file = folders.cluster() / "postmaster.pid";
  recipe.is_ready = [pid_file](pid_t pid) { return is_postgres_ready(pid_file, pid); };
  return recipe;
}

std::string postgres_url(const EmbeddedFolders& folders, std::string_view role) {
  return fmt::format("postgresql://{}@/{}?host={}", role, kPostgresDatabase,
                     percent_encode(folders.run.string(), "/"));
}

}  // namespace antiphon

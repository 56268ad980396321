// Brings a database to the present schema: the files of supabase/migrations, in the order of their
// names, each in a transaction of its own together with its line in the ledger,
// app_migrations.applied (name, sha256, applied_at).
//
//   auto report = co_await migrate(clock, log, {.url = owner_url, .directory = "supabase"});
//
// Safe to run at any time, by any number of processes at once (an advisory lock; the others wait
// and find nothing to do) and again after it was killed anywhere. The shim that stands in for
// Supabase is applied first, where auth.users is missing or does not belong to supabase_auth_admin.
// Input   the login that owns the database; never the server's own.
// Errors  conflict: an applied file was edited or is gone, named; timeout: another migrator held
//         the lock for lock_timeout; not_found: no migrations in the folder; what a file does
//         wrong, with name and line.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "core/task.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace antiphon::store {

struct MigratorOptions {
  std::string url;
  std::filesystem::path directory;  // holds migrations/, shim/ and seed.sql
  Duration lock_timeout = std::chrono::seconds(60);
  Duration file_timeout = std::chrono::minutes(10);
  bool seed = false;  // run seed.sql at the end; it may be run any number of times
  // After each file that was committed: its name.
  std::function<void(const std::string&)> applied;
};

struct MigrationReport {
  std::vector<std::string> applied;
  std::size_t present = 0;  // were applied before
  bool shim_applied = false;
  bool seeded = false;
};

Task<Result<MigrationReport>> migrate(Clock& clock, Log& log, MigratorOptions options);

// Makes the owning role and the database on a fresh cluster of our own (shim/cluster.sql); what
// exists stays. `superuser_url` is of the role that initdb made.
Task<Result<>> prepare_cluster(Clock& clock, std::string superuser_url,
                               std::filesystem::path directory);

// Where the SQL files are: beside the program (../share/antiphon/supabase), or the repository it
// was built in.
[[nodiscard]] Result<std::filesystem::path> find_schema_directory(
    const std::filesystem::path& program);

}  // namespace antiphon::store

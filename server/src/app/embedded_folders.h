// Where the private PostgreSQL and Redis live, and who they run as.
//
//   <data>/postgres/cluster · <data>/redis/dump.rdb · <data>/logs/{postgres,redis}.log
//   <data>/run/.s.PGSQL.5432, redis.sock; when that path is too long for a unix socket (107 bytes),
//   in a folder of $XDG_RUNTIME_DIR or /tmp whose name is kept in <data>/run-folder.
//
// Root runs both as `postgres`, or `nobody` where that account is missing; PostgreSQL refuses to
// run as root.
// Errors  permission_denied: the account cannot reach the folder, or a folder belongs to another
//         account.
#pragma once

#include "app/data_directory.h"
#include "core/result.h"
#include "process/child.h"

#include <filesystem>
#include <optional>
#include <string>

namespace antiphon {

struct EmbeddedFolders {
  std::optional<Account> account;  // empty: our own
  std::filesystem::path data;
  std::filesystem::path postgres;  // 0700, of the account, as are redis and run
  std::filesystem::path redis;
  std::filesystem::path run;
  std::filesystem::path logs;  // 0700, ours: we open the files

  [[nodiscard]] std::filesystem::path cluster() const { return postgres / "cluster"; }
};

[[nodiscard]] Result<EmbeddedFolders> prepare_embedded_folders(
    const std::filesystem::path& data, const EnvironmentLookup& environment);

// A log file to append to; one of more than 10 MiB becomes FILE.1 first, and an older FILE.1 goes.
[[nodiscard]] Result<Descriptor> open_service_log(const std::filesystem::path& file);

}  // namespace antiphon

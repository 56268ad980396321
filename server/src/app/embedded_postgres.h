// The private PostgreSQL: where its programs are, how its cluster is made, how it is run.
//
// A cluster is made once: initdb, then the role that owns the database, the database and its
// extensions, by the bootstrap superuser; everything else is the migrator's.
// `cluster/antiphon.ready` is written last. A cluster without it never served anything, so a start
// that was killed half-way makes it again.
// Errors  not_found: PostgreSQL is not installed. unsupported: the cluster is of another major
//         version.
#pragma once

#include "app/embedded_folders.h"
#include "app/supervised_service.h"
#include "core/result.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::string_view kPostgresSuperuser = "antiphon_admin";
inline constexpr std::string_view kPostgresOwner = "antiphon_owner";
inline constexpr std::string_view kPostgresApplication = "antiphon_app";
inline constexpr std::string_view kPostgresDatabase = "antiphon";

struct PostgresPrograms {
  std::filesystem::path folder;
  int major = 0;
};

// The one the cluster needs if there is a cluster, else 15, else the newest above it.
[[nodiscard]] Result<PostgresPrograms> find_postgres(
    const std::vector<std::filesystem::path>& roots, const std::filesystem::path& cluster);

[[nodiscard]] bool is_cluster_ready(const std::filesystem::path& cluster);
// initdb, without waiting for the disk: finish_cluster() does, before anything is kept.
Task<Result<>> make_cluster(ServiceContext& context, const PostgresPrograms& programs,
                            const EmbeddedFolders& folders);
// With the server running: roles, database and extensions, the sync, and the mark.
Task<Result<>> finish_cluster(ServiceContext& context, const PostgresPrograms& programs,
                              const EmbeddedFolders& folders);
Task<Result<>> end_postgres_orphan(ServiceContext& context, const EmbeddedFolders& folders);
[[nodiscard]] ServiceRecipe postgres_recipe(const PostgresPrograms& programs,
                                            const EmbeddedFolders& folders);

// "postgresql://role@/antiphon?host=/path", escaped.
[[nodiscard]] std::string postgres_url(const EmbeddedFolders& folders, std::string_view role);

}  // namespace antiphon

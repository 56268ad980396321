// What `antiphon up` brings along: a private PostgreSQL and a private Redis on unix sockets in the
// data directory.
//
//   EmbeddedServices services(context, config);
//   const auto started = co_await services.start();     // both ready, or one clear line
//   serve(services.database_url(), services.redis_url());
//   co_await services.stop();                           // PostgreSQL: fast shutdown. Redis: saves
//
// Never as root. They end with this process, however it ends; when one dies it is started again,
// and the observer hears of every step. A cluster left running by a killed predecessor is ended
// first.
// Errors  start: not_found (a program is missing), resource_exhausted (too little disk),
//         permission_denied, unsupported (the cluster is of another version), unavailable with the
//         server's own last words.
// Thread  the executor's. The owner holds the DataDirectory's lock meanwhile, and awaits stop()
//         before it goes.
#pragma once

#include "app/embedded_folders.h"
#include "app/supervised_service.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace antiphon {

struct EmbeddedConfig {
  std::filesystem::path data_directory;
  bool with_postgres = true;          // false when DATABASE_URL is given
  bool with_redis = true;             // false when REDIS_URL is given
  ByteCount disk_least{256U << 20U};  // an empty cluster takes 40 MiB, its first write-ahead log 16
  std::vector<std::filesystem::path> postgres_roots{"/usr/lib/postgresql"};
  std::vector<std::filesystem::path> redis_folders{"/usr/bin", "/usr/local/bin", "/bin"};
  EnvironmentLookup environment;
};

class EmbeddedServices {
 public:
  EmbeddedServices(ServiceContext context, EmbeddedConfig config);
  EmbeddedServices(const EmbeddedServices&) = delete;
  EmbeddedServices& operator=(const EmbeddedServices&) = delete;
  ~EmbeddedServices();

  // When it fails, nothing of it runs any more.
  Task<Result<>> start();
  Task<> stop();

  // For the server: a role that owns nothing. Empty for a part that is not ours.
  [[nodiscard]] std::string database_url() const;
  // For the migrator: the role that owns the database.
  [[nodiscard]] std::string database_owner_url() const;
  [[nodiscard]] std::string redis_url() const;
  [[nodiscard]] std::optional<pid_t> pid(ServiceName name) const;

 private:
  Task<> start_postgres(Result<>& outcome);
  Task<Result<>> run_postgres();
  Task<> start_redis(Result<>& outcome);
  Task<Result<>> run_redis();
  [[nodiscard]] Result<> require_disk() const;

  ServiceContext context_;
  EmbeddedConfig config_;
  EmbeddedFolders folders_;
  std::unique_ptr<SupervisedService> postgres_;
  std::unique_ptr<SupervisedService> redis_;
};

}  // namespace antiphon

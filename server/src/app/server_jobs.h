// The worker of this process and its queue: each kind of job has one line in the .cpp.
//
// Thread  the API loop.
#pragma once

#include "api/jobs/job_routes.h"
#include "app/server.h"
#include "app/server_sealing.h"
#include "providers/knowledge/memory_index.h"
#include "service/job_worker.h"
#include "service/live_feed.h"
#include "service/workspace_purge.h"
#include "store/postgres/jobs.h"
#include "store/postgres/purge.h"

#include <string>
#include <string_view>

namespace antiphon {

class ServerJobs {
 public:
  struct Parts {
    const ServerContext& context;
    store::Pool& pool;
    SealingParts& sealing;
    MemoryIndex& index;
    Executor disk;
    const ServerConfig& config;
    std::string name;
    LiveFeed& feed;  // told of jobs that failed
  };
  explicit ServerJobs(const Parts& parts);

  void add_routes(Router& router) { add_job_routes(router, store_); }
  [[nodiscard]] JobStore& store() { return store_; }
  void start();
  // Before the pool stops.
  Task<> stop();

 private:
  Task<> schedule();
  Task<> schedule_purges(std::string day);
  Task<> add_job(WorkspaceId workspace, std::string_view kind, std::string key);

  store::Pool& pool_;
  Clock& clock_;
  Log& log_;
  store::PostgresJobs store_;
  store::PostgresPurge purge_store_;
  WorkspacePurge purge_;
  JobWorker worker_;
  TaskGroup background_;
};

}  // namespace antiphon

// The worker of this process and its queue: each kind of job has one line in the .cpp.
//
// Thread  the API loop.
#pragma once

#include "api/jobs/job_routes.h"
#include "service/job_worker.h"
#include "store/postgres/jobs.h"

#include <string>

namespace antiphon {

class ServerJobs {
 public:
  ServerJobs(const Executor& executor, store::Pool& pool, Clock& clock, Random& random, Log& log,
             Metrics& metrics, std::string name);

  void add_routes(Router& router) { add_job_routes(router, store_); }
  [[nodiscard]] JobStore& store() { return store_; }
  void start();
  // Before the pool stops.
  Task<> stop();

 private:
  Task<> schedule();

  store::Pool& pool_;
  Clock& clock_;
  Log& log_;
  store::PostgresJobs store_;
  JobWorker worker_;
  TaskGroup background_;
};

}  // namespace antiphon

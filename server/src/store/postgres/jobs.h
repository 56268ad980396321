// The queue of jobs on PostgreSQL: ports/job_store.h over the functions of the migrations.
#pragma once

#include "ports/job_store.h"
#include "store/postgres/pool.h"

namespace antiphon::store {

class PostgresJobs final : public JobStore {
 public:
  explicit PostgresJobs(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<LeasedJob>>> lease(std::string worker, std::vector<std::string> kinds,
                                             std::size_t most, std::chrono::seconds time) override;
  Task<Result<bool>> extend(Uuid lease, std::chrono::seconds time) override;
  Task<Result<bool>> succeed(Uuid lease) override;
  Task<Result<bool>> fail(Uuid lease, std::string error,
                          std::optional<std::chrono::seconds> retry_in) override;
  Task<Result<>> add(Principal principal, std::string kind, std::string payload,
                     std::string key) override;
  Task<Result<Page<Job>>> list(Principal principal, std::optional<JobState> state,
                               PageRequest page) override;
  Task<Result<Job>> retry(Principal principal, JobId id) override;

 private:
  Task<Result<bool>> ask(Statement statement);

  Pool& pool_;
};

// Forgets the jobs of the leased job's workspace that finished over 30 days ago; yields how many.
Task<Result<std::int64_t>> forget_finished_jobs(Pool& pool, LeasedJob under);

}  // namespace antiphon::store

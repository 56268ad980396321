// The queue of jobs. Any number of workers of any number of servers may lease from it.
//
// Errors  unavailable, timeout: whether it took effect is unknown; leasing again and finishing
//         again do no harm.
// Thread  the executor of the store.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/job.h"
#include "domain/principal.h"
#include "ports/stores.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

class JobStore {
 public:
  virtual ~JobStore() = default;

  // Due jobs of these kinds, at most `most` (1 to 100), never one that another holds. A job whose
  // worker stopped in its last attempt is finished as failed instead.
  virtual Task<Result<std::vector<LeasedJob>>> lease(std::string worker,
                                                     std::vector<std::string> kinds,
                                                     std::size_t most,
                                                     std::chrono::seconds time) = 0;
  // False: the lease has run out, and another may have the job.
  virtual Task<Result<bool>> extend(Uuid lease, std::chrono::seconds time) = 0;
  virtual Task<Result<bool>> succeed(Uuid lease) = 0;
  // Tried again after `retry_in` while attempts are left; failed for good without it.
  virtual Task<Result<bool>> fail(Uuid lease, std::string error,
                                  std::optional<std::chrono::seconds> retry_in) = 0;

  // Adds a job of the principal's workspace. One with the same kind and key that is there already
  // is left as it is.
  virtual Task<Result<>> add(Principal principal, std::string kind, std::string payload,
                             std::string key) = 0;
  // Newest first.
  virtual Task<Result<Page<Job>>> list(Principal principal, std::optional<JobState> state,
                                       PageRequest page) = 0;
  // not_found; wrong_state: it has not failed.
  virtual Task<Result<Job>> retry(Principal principal, JobId id) = 0;
};

}  // namespace antiphon

// The rows of deleted workspaces, on their way out.
//
// Every step may be done twice; what was cut off goes on from the beginning.
// Errors  unavailable, timeout; invalid_argument: a grace under 14 days.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace antiphon {

class PurgeStore {
 public:
  virtual ~PurgeStore() = default;
  // Those that were deleted longer ago than the grace.
  virtual Task<Result<std::vector<WorkspaceId>>> due(std::chrono::days grace) = 0;
  // Deletes the keys of the principal's workspace. False: it is not to be purged.
  virtual Task<Result<bool>> begin(Principal principal, std::chrono::days grace) = 0;
  // At most `most` (1 to 10,000) with all that hangs on them; how many went.
  virtual Task<Result<std::size_t>> remove_conversations(Principal principal, std::size_t most) = 0;
  // The workspace and all that is left of it, the job that asks included.
  virtual Task<Result<bool>> finish(Principal principal) = 0;
};

}  // namespace antiphon

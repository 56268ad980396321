// Removes a deleted workspace for good once its grace is over: the job "workspace.purge".
//
// First the keys, so that whatever is cut off half-way leaves nothing readable of what was sealed;
// then the files, the conversations, and the workspace with the rest. Each step may run again.
// Limits  kBatch conversations a transaction.
// Errors  those of the store and of the erasers: the job is tried again. A workspace that was
//         restored, or is not due, is left alone without an error.
// Thread  the API loop; erasers on the disk executor.
#pragma once

#include "core/log.h"
#include "core/task_group.h"
#include "domain/job.h"
#include "ports/purge_store.h"
#include "service/key_ring.h"
#include "service/sealing_keys.h"

#include <chrono>
#include <functional>
#include <vector>

namespace antiphon {

class WorkspacePurge {
 public:
  static constexpr std::chrono::days kGraceMin{14};  // until then its owner may restore it
  static constexpr std::chrono::days kGrace{30};
  static constexpr std::size_t kBatch = 200;
  // Removes what the workspace has outside of the database; nothing there is no error.
  using Eraser = std::function<Result<>(WorkspaceId)>;

  struct Parts {
    PurgeStore& store;
    KeyRing& keys;
    SealingKeys& sealing_keys;
    Executor disk;
    Log& log;
    std::chrono::days grace = kGrace;
    std::vector<Eraser> erasers;
  };

  explicit WorkspacePurge(Parts parts) : parts_(std::move(parts)) {}

  Task<Result<std::vector<WorkspaceId>>> due() { return parts_.store.due(parts_.grace); }
  Task<Result<>> run(LeasedJob job);

 private:
  Parts parts_;
};

}  // namespace antiphon

#include "service/workspace_purge.h"

#include "core/run_on.h"

#include <utility>

namespace antiphon {

Task<Result<>> WorkspacePurge::run(LeasedJob job) {
  const WorkspaceId workspace = job.workspace;
  const Principal worker{.kind = PrincipalKind::worker,
                         .id = job.lease,
                         .workspace = workspace,
                         .why = "purge a deleted workspace"};
  const auto begun = co_await parts_.store.begin(worker, parts_.grace);
  if (!begun) co_return std::unexpected(begun.error());
  if (!*begun) co_return Result<>{};
  parts_.sealing_keys.forget(workspace);
  const auto shredded = co_await parts_.keys.shred(workspace);
  if (!shredded) co_return std::unexpected(shredded.error());
  for (const Eraser& erase : parts_.erasers) {
    const auto erased =
        co_await run_on(parts_.disk, [erase, workspace] { return erase(workspace); });
    if (!erased) co_return std::unexpected(erased.error());
  }
  std::size_t conversations = 0;
  while (true) {
    const auto removed = co_await parts_.store.remove_conversations(worker, kBatch);
    if (!removed) co_return std::unexpected(removed.error());
    conversations += *removed;
    if (*removed < kBatch) break;
  }
  const auto finished = co_await parts_.store.finish(worker);
  if (!finished) co_return std::unexpected(finished.error());
  parts_.log.info("workspace.purged",
                  {{"workspace", workspace.to_string()}, {"conversations", conversations}});
  co_return Result<>{};
}

}  // namespace antiphon

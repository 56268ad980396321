#include "service/sealing_keys.h"

#include <algorithm>
#include <optional>

namespace antiphon {

Task<Result<>> SealingKeys::prepare(WorkspaceId workspace) {
  const auto key = co_await ring_.key_to_seal(workspace);
  if (!key) co_return std::unexpected(key.error());
  const MutexLock lock(mutex_);
  prepared_.insert_or_assign(workspace, Prepared{key->first, key->second, ++turn_});
  if (prepared_.size() > kWorkspacesMax) {
    prepared_.erase(std::ranges::min_element(prepared_, {},
                                             [](const auto& entry) { return entry.second.turn; }));
  }
  co_return Result<>{};
}

Result<std::string> SealingKeys::seal(std::string_view text, const SealedPlace& place) {
  if (text.size() > kItemMax) {
    return failure(ErrorCode::too_large, "a text is longer than what can be sealed");
  }
  std::optional<std::pair<std::uint32_t, SecretKey>> key;
  {
    const MutexLock lock(mutex_);
    const auto found = prepared_.find(WorkspaceId(place.workspace));
    if (found != prepared_.end()) key.emplace(found->second.version, found->second.key);
  }
  if (!key) {
    return failure(ErrorCode::unavailable,
                   "the key of the workspace is not at hand; begin another conversation");
  }
  return seal_item(key->second, key->first, text, place, random_);
}

void SealingKeys::forget(WorkspaceId workspace) {
  const MutexLock lock(mutex_);
  prepared_.erase(workspace);
}

}  // namespace antiphon

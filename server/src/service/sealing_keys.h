// The workspace keys that running conversations are sealed with, at hand on every thread.
//
//   auto ready = co_await keys.prepare(workspace);   // the API loop, before the first word
//   auto sealed = keys.seal(text, place);          // any thread, at once
//
// A key is for sealing alone and stays here until others push it out: what is sealed with a key
// that was shredded meanwhile is as unreadable as what was sealed before. So a conversation that
// runs goes on being sealed while PostgreSQL is away.
// Limits  kWorkspacesMax; beyond, the one that was prepared longest ago goes.
// Errors  prepare(): those of the key ring; a workspace that was prepared before stays so.
//         seal(): unavailable, the workspace was not prepared; too_large, over kItemMax.
// Thread  prepare(): the API loop. seal(): any.
#pragma once

#include "core/mutex.h"
#include "core/random.h"
#include "service/key_ring.h"

#include <map>
#include <string>
#include <utility>

namespace antiphon {

class SealingKeys {
 public:
  static constexpr std::size_t kWorkspacesMax = 10'000;

  // `random` takes every thread.
  SealingKeys(KeyRing& ring, Random& random) : ring_(ring), random_(random) {}

  Task<Result<>> prepare(WorkspaceId workspace);
  [[nodiscard]] Result<std::string> seal(std::string_view text, const SealedPlace& place);
  void forget(WorkspaceId workspace);

 private:
  struct Prepared {
    std::uint32_t version = 0;
    SecretKey key;
    std::uint64_t turn = 0;
  };

  KeyRing& ring_;
  Random& random_;
  Mutex mutex_;
  std::map<WorkspaceId, Prepared> prepared_ GUARDED_BY(mutex_);
  std::uint64_t turn_ GUARDED_BY(mutex_) = 0;
};

}  // namespace antiphon

// Where sealed things are kept: the keys of workspaces, wrapped by a master key, and secrets.
// Neither store opens anything.
//
// Errors  not_found (also for what belongs to others), already_exists, conflict, unavailable,
//         timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/secret.h"
#include "ports/stores.h"

#include <cstdint>
#include <string>
#include <vector>

namespace antiphon {

struct WrappedKey {
  std::uint32_t version = 1;
  std::string master_key_id;  // 8 bytes
  std::string wrapped;        // an envelope
};

// How many keys a master key wraps, in all workspaces.
struct MasterKeyUse {
  std::string master_key_id;
  std::uint64_t keys = 0;
};

class WorkspaceKeyStore {
 public:
  virtual ~WorkspaceKeyStore() = default;
  // Of the principal's workspace, the newest first; empty: it has none yet.
  virtual Task<Result<std::vector<WrappedKey>>> list(Principal principal) = 0;
  // already_exists: there is that version.
  virtual Task<Result<>> add(Principal principal, WrappedKey key) = 0;
  // Replaces the envelope where `old_master_key_id` still wraps it; false: another was faster.
  virtual Task<Result<bool>> rewrap(Principal principal, WrappedKey key,
                                    std::string old_master_key_id) = 0;
  // Everything that they sealed is unreadable from now on.
  virtual Task<Result<>> shred(Principal principal) = 0;
  virtual Task<Result<std::vector<MasterKeyUse>>> master_keys_in_use() = 0;
  // Workspaces with a key that another master key than this one wraps; at most `limit`.
  virtual Task<Result<std::vector<WorkspaceId>>> wrapped_by_others(std::string master_key_id,
                                                                   std::size_t limit) = 0;
};

struct SealedSecret {
  SecretFacts facts;
  std::string sealed;
};

class SecretStore {
 public:
  virtual ~SecretStore() = default;
  // Makes the secret, or replaces the one with the same id. conflict: the name is another's.
  virtual Task<Result<SecretFacts>> put(Principal principal, SealedSecret secret) = 0;
  virtual Task<Result<SealedSecret>> find(Principal principal, std::string name) = 0;
  virtual Task<Result<Page<SecretFacts>>> list(Principal principal, PageRequest page) = 0;
  virtual Task<Result<>> remove(Principal principal, std::string name) = 0;
};

}  // namespace antiphon

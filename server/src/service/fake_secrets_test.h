// Stores of workspace keys and secrets in memory, which a test looks into and changes. For tests
// only.
#pragma once

#include "ports/secret_stores.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

class FakeWorkspaceKeys final : public WorkspaceKeyStore {
 public:
  Task<Result<std::vector<WrappedKey>>> list(Principal principal) override {
    ++lists;
    std::vector<WrappedKey> found;
    for (const auto& [place, key] : keys) {
      if (place.first == principal.workspace) found.insert(found.begin(), key);
    }
    co_return found;
  }
  Task<Result<>> add(Principal principal, WrappedKey key) override {
    const bool is_new = keys.try_emplace({principal.workspace, key.version}, key).second;
    if (!is_new) co_return failure(ErrorCode::already_exists, "there is that version");
    co_return Result<>{};
  }
  Task<Result<bool>> rewrap(Principal principal, WrappedKey key,
                            std::string old_master_key_id) override {
    if (rewraps_left == 0) co_return failure(ErrorCode::unavailable, "the database is away");
    --rewraps_left;
    if (is_stuck) co_return false;
    auto& stored = keys.at({principal.workspace, key.version});
    if (stored.master_key_id != old_master_key_id) co_return false;
    stored = key;
    co_return true;
  }
  Task<Result<>> shred(Principal principal) override {
    std::erase_if(keys,
                  [&](const auto& entry) { return entry.first.first == principal.workspace; });
    co_return Result<>{};
  }
  Task<Result<std::vector<MasterKeyUse>>> master_keys_in_use() override {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [place, key] : keys)
      ++counts[key.master_key_id];
    std::vector<MasterKeyUse> used;
    for (const auto& [id, count] : counts)
      used.push_back({id, count});
    co_return used;
  }
  Task<Result<std::vector<WorkspaceId>>> wrapped_by_others(std::string master_key_id,
                                                           std::size_t limit) override {
    std::set<WorkspaceId> found;
    for (const auto& [place, key] : keys) {
      if (key.master_key_id != master_key_id && found.size() < limit) found.insert(place.first);
    }
    co_return std::vector(found.begin(), found.end());
  }

  std::map<std::pair<WorkspaceId, std::uint32_t>, WrappedKey> keys;
  std::size_t rewraps_left = 1'000'000;
  bool is_stuck = false;  // rewraps change nothing
  int lists = 0;
};

class FakeSecrets final : public SecretStore {
 public:
  Task<Result<SecretFacts>> put(Principal principal, SealedSecret secret) override {
    auto& stored = secrets[{principal.workspace, secret.facts.name}];
    if (!stored.sealed.empty()) {
      if (stored.facts.id != secret.facts.id) co_return failure(ErrorCode::conflict, "taken");
      secret.facts.revision = stored.facts.revision + 1;
    }
    stored = std::move(secret);
    co_return stored.facts;
  }
  Task<Result<SealedSecret>> find(Principal principal, std::string name) override {
    const auto found = secrets.find({principal.workspace, name});
    if (found == secrets.end()) co_return failure(ErrorCode::not_found, "no such secret");
    co_return found->second;
  }
  Task<Result<Page<SecretFacts>>> list(Principal principal, PageRequest) override {
    Page<SecretFacts> page;
    for (const auto& [place, secret] : secrets) {
      if (place.first == principal.workspace) page.items.push_back(secret.facts);
    }
    co_return page;
  }
  Task<Result<>> remove(Principal principal, std::string name) override {
    if (secrets.erase({principal.workspace, name}) == 0) {
      co_return failure(ErrorCode::not_found, "no such secret");
    }
    co_return Result<>{};
  }

  std::map<std::pair<WorkspaceId, std::string>, SealedSecret> secrets;
};

}  // namespace antiphon

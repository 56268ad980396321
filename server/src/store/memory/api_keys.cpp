#include "store/memory/tables.h"

namespace antiphon::store {

namespace {

class MemoryApiKeys final : public ApiKeyStore {
 public:
  explicit MemoryApiKeys(Tables& tables) : tables_(tables) {}

  Task<Result<ApiKey>> find_by_hash(std::string hash) override {
    for (const StoredKey& stored : tables_.keys) {
      const auto& expires_at = stored.key.expires_at;
      if (stored.hash == hash && (!expires_at || *expires_at > tables_.clock.wall())) {
        co_return stored.key;
      }
    }
    co_return missing("key");
  }

  Task<Result<ApiKey>> ensure(WorkspaceId workspace, std::string, Role role, std::string prefix,
                              std::string hash) override {
    if (hash.size() != 32 || prefix.size() < 4 || prefix.size() > 24) {
      co_return failure(ErrorCode::invalid_argument,
                        "a key has a prefix of 4 to 24 characters and a hash of 32 bytes");
    }
    for (const StoredKey& stored : tables_.keys) {
      if (stored.hash == hash && stored.key.workspace == workspace) co_return stored.key;
      if (stored.hash == hash) {
        co_return failure(ErrorCode::already_exists, "another workspace has this key");
      }
    }
    const ApiKey key{ApiKeyId(tables_.new_id()), workspace, role, {}, std::nullopt};
    tables_.keys.push_back({key, std::move(hash)});
    co_return key;
  }

 private:
  Tables& tables_;
};

}  // namespace

std::unique_ptr<ApiKeyStore> make_memory_api_keys(Tables& tables) {
  return std::make_unique<MemoryApiKeys>(tables);
}

}  // namespace antiphon::store

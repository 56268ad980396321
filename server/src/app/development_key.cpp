#include "app/development_key.h"

#include "core/check.h"
#include "crypto/api_key.h"

namespace antiphon {

WorkspaceId demo_workspace() {
  const auto uuid = Uuid::parse("00000000-0000-4000-8000-000000000001");
  CHECK(uuid, "a literal UUID");
  return WorkspaceId(*uuid);
}

Task<Result<>> ensure_development_key(ApiKeyStore& keys, Sha256 hash) {
  std::string bytes(reinterpret_cast<const char*>(hash.data()), hash.size());
  const auto key = co_await keys.ensure(demo_workspace(), "development", Role::owner,
                                        std::string(kApiKeyPrefix), std::move(bytes));
  if (!key) co_return std::unexpected(key.error());
  co_return Result<>{};
}

}  // namespace antiphon

// The part of the server that seals: workspace keys and secrets.
#pragma once

#include "app/server.h"
#include "service/key_ring.h"
#include "service/secret_service.h"
#include "store/postgres/secrets.h"

#include <memory>

namespace antiphon {

struct SealingParts {
  SealingParts(store::Pool& pool, Clock& clock, Random& random, KeyRing::LoadMasterKeys load)
      : key_store(store::make_postgres_workspace_keys(pool)),
        secret_store(store::make_postgres_secrets(pool)),
        keys(*key_store, clock, random, std::move(load)),
        secrets(*secret_store, keys, random) {}

  std::unique_ptr<WorkspaceKeyStore> key_store;
  std::unique_ptr<SecretStore> secret_store;
  KeyRing keys;
  SecretService secrets;
};

}  // namespace antiphon

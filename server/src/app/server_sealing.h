// The part of the server that seals: workspace keys, secrets, recordings.
#pragma once

#include "app/server.h"
#include "service/conversation_seals.h"
#include "service/key_ring.h"
#include "service/recording_keys.h"
#include "service/secret_service.h"
#include "store/postgres/secrets.h"

#include <memory>

namespace antiphon {

struct SealingParts {
  SealingParts(store::Pool& pool, const ServerContext& context, KeyRing::LoadMasterKeys load)
      : key_store(store::make_postgres_workspace_keys(pool)),
        secret_store(store::make_postgres_secrets(pool)),
        keys(*key_store, context.clock, context.random, std::move(load)),
        secrets(*secret_store, keys, context.random),
        sealing_keys(keys, context.random),
        recordings(context.executor, keys, sealing_keys, context.random),
        conversations(sealing_keys, context.log) {}

  // After the database is up. Errors: see KeyRing::check().
  Task<Result<>> start() {
    auto checked = co_await keys.check();
    if (checked) recordings.start();
    co_return checked;
  }

  std::unique_ptr<WorkspaceKeyStore> key_store;
  std::unique_ptr<SecretStore> secret_store;
  KeyRing keys;
  SecretService secrets;
  SealingKeys sealing_keys;
  RecordingKeys recordings;
  ConversationSeals conversations;
};

}  // namespace antiphon

// Workspace keys and secrets on PostgreSQL. Errors and thread as ports/secret_stores.h.
#pragma once

#include "ports/secret_stores.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon::store {

[[nodiscard]] std::unique_ptr<WorkspaceKeyStore> make_postgres_workspace_keys(Pool& pool);
[[nodiscard]] std::unique_ptr<SecretStore> make_postgres_secrets(Pool& pool);

}  // namespace antiphon::store

// Published versions of agents on PostgreSQL, behind row-level security.
//
// Errors  as ports/agent_version_store.h and pool.h.
// Thread  the pool's executor.
#pragma once

#include "ports/agent_version_store.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon::store {

[[nodiscard]] std::unique_ptr<AgentVersionStore> make_postgres_agent_versions(Pool& pool);

}  // namespace antiphon::store

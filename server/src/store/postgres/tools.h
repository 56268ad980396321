// Tools of workspaces on PostgreSQL, behind row-level security.
//
// Errors  as ports/tool_store.h and pool.h; corrupt.
// Thread  the pool's executor.
#pragma once

#include "ports/tool_store.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon::store {

[[nodiscard]] std::unique_ptr<ToolStore> make_postgres_tools(Pool& pool);

}  // namespace antiphon::store

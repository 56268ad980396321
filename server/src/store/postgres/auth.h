// Accounts in PostgreSQL, through the functions of supabase/shim: the server's login has no right
// on the tables themselves. Not for a Supabase project, which keeps its own accounts.
#pragma once

#include "ports/auth_store.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon::store {

[[nodiscard]] std::unique_ptr<AuthStore> make_postgres_auth(Pool& pool);

}  // namespace antiphon::store

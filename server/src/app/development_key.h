// The key that lets the person who started `antiphon up` use the demo workspace at once.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "crypto/hash.h"
#include "ports/stores.h"

namespace antiphon {

// supabase/seed.sql makes it.
[[nodiscard]] WorkspaceId demo_workspace();

Task<Result<>> ensure_development_key(ApiKeyStore& keys, Sha256 hash);

}  // namespace antiphon

// API keys of a workspace: made, narrowed, revoked.
//
// A key never holds more than who makes or changes it: not a mightier role, not a scope beyond
// their own, not a longer life than the key that makes it.
// Errors  invalid_argument: an unknown scope, or one the key's role does not hold; an end in the
//         past. permission_denied: more than the caller has. not_found: no such key, or revoked.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/sensitive.h"
#include "ports/workspace_stores.h"
#include "service/access_service.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct KeyDraft {
  std::string name;
  Role role = Role::analyst;        // of a new key; it stays
  std::vector<std::string> scopes;  // empty: all that the role holds and the caller may give
  std::optional<WallTime> expires_at;
};

struct MadeKey {
  ApiKeyRecord record;
  Sensitive<std::string> text;  // shown once
};

class KeyService {
 public:
  KeyService(ApiKeyRegistry& keys, AccessService& access, Clock& clock, Random& random)
      : keys_(keys), access_(access), clock_(clock), random_(random) {}

  Task<Result<MadeKey>> create(Principal principal, KeyDraft draft);
  Task<Result<ApiKeyRecord>> find(Principal principal, ApiKeyId id);
  Task<Result<Page<ApiKeyRecord>>> list(Principal principal, PageRequest page);
  Task<Result<ApiKeyRecord>> change(Principal principal, ApiKeyId id, KeyDraft draft);
  // Believed nowhere after AccessService::kMemory, here not from now on.
  Task<Result<>> revoke(Principal principal, ApiKeyId id);

 private:
  Task<Result<>> check(const Principal& principal, KeyDraft& draft);

  ApiKeyRegistry& keys_;
  AccessService& access_;
  Clock& clock_;
  Random& random_;
};

}  // namespace antiphon

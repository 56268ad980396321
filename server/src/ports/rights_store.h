// What people and keys may do at this moment, asked of the store itself and never remembered.
//
// Limits  kHoldersMax at a time.
// Errors  as ports/stores.h.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// A person or a key, and the workspace in which they act.
struct RightsHolder {
  WorkspaceId workspace;
  Uuid principal;
  auto operator<=>(const RightsHolder&) const = default;
};

struct Rights {
  PrincipalKind kind = PrincipalKind::user;
  Role role = Role::analyst;
  std::vector<std::string> scopes;  // as in Principal
};

class RightsStore {
 public:
  static constexpr std::size_t kHoldersMax = 1'000;

  virtual ~RightsStore() = default;
  // What each of them may do now, in their order; nothing: they have no right there (any longer).
  virtual Task<Result<std::vector<std::optional<Rights>>>> rights_of(
      std::vector<RightsHolder> holders) = 0;
};

}  // namespace antiphon

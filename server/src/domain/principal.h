// Who asks, for which workspace, in which role, and why. No transaction exists without one.
#pragma once

#include "domain/ids.h"

#include <cstdint>
#include <string>

namespace antiphon {

enum class PrincipalKind : std::uint8_t { user, api_key, worker, system };
enum class Role : std::uint8_t { owner, admin, developer, operator_, analyst };

struct Principal {
  PrincipalKind kind = PrincipalKind::system;
  Uuid id;  // of the user, the key or the worker
  WorkspaceId workspace;
  Role role = Role::analyst;
  std::string why;  // a static phrase for the audit log: "api request", "embed documents"
};

}  // namespace antiphon

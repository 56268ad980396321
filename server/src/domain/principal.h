// Who asks, for which workspace, in which role, and why. No transaction exists without one.
#pragma once

#include "domain/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace antiphon {

enum class PrincipalKind : std::uint8_t { user, api_key, worker, system };
// From the one who may do most to the one who may do least; each may do what those after it may.
enum class Role : std::uint8_t { owner, admin, developer, operator_, analyst };

struct Principal {
  PrincipalKind kind = PrincipalKind::system;
  Uuid id;                // of the user, the key or the worker
  WorkspaceId workspace;  // nil: a person outside of any
  Role role = Role::analyst;
  std::string why;  // a static phrase for the audit log: "api request", "embed documents"
  // What of its role a key may use; empty: all of it. See domain/scopes.h.
  std::vector<std::string> scopes = {};
  std::string address = {};     // of the client that asks; empty: the server's own work
  std::string request_id = {};  // of the request that asks
};

}  // namespace antiphon

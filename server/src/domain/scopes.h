// Scopes: what may be done, and which role may do it. The one place that says so; which operation
// of the API takes which scope stands in api/access_table.
//
// A key may be narrower than its role and never wider: what it holds is what its role holds and its
// own list names.
#pragma once

#include "domain/principal.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ScopeLine {
  std::string_view scope;
  std::array<bool, 5> held;  // by owner, admin, developer, operator, analyst
};

inline constexpr std::array kScopes{
    ScopeLine{"agents:read", {true, true, true, true, true}},
    ScopeLine{"agents:write", {true, true, true, false, false}},
    ScopeLine{"tools:read", {true, true, true, true, true}},
    ScopeLine{"tools:write", {true, true, true, false, false}},
    ScopeLine{"knowledge:read", {true, true, true, true, true}},
    ScopeLine{"knowledge:write", {true, true, true, false, false}},
    ScopeLine{"conversations:read", {true, true, true, true, true}},
    ScopeLine{"conversations:write", {true, true, true, true, false}},
    ScopeLine{"workspace:read", {true, true, true, true, true}},
    ScopeLine{"workspace:write", {true, true, false, false, false}},
    ScopeLine{"workspace:delete", {true, false, false, false, false}},
    ScopeLine{"members:read", {true, true, true, true, true}},
    ScopeLine{"members:write", {true, true, false, false, false}},
    ScopeLine{"keys:read", {true, true, true, false, false}},
    ScopeLine{"keys:write", {true, true, false, false, false}},
    ScopeLine{"secrets:read", {true, true, true, false, false}},
    ScopeLine{"secrets:write", {true, true, true, false, false}},
    ScopeLine{"usage:read", {true, true, true, true, true}},
    ScopeLine{"quotas:write", {true, false, false, false, false}},
    ScopeLine{"jobs:read", {true, true, true, true, false}},
    ScopeLine{"jobs:write", {true, true, true, false, false}},
    ScopeLine{"audit:read", {true, true, false, false, false}},
};

[[nodiscard]] constexpr bool is_scope(std::string_view scope) {
  return std::ranges::find(kScopes, scope, &ScopeLine::scope) != kScopes.end();
}

// False for what is no scope.
[[nodiscard]] constexpr bool role_holds(Role role, std::string_view scope) {
  const auto* const line = std::ranges::find(kScopes, scope, &ScopeLine::scope);
  return line != kScopes.end() && line->held[static_cast<std::size_t>(role)];
}

[[nodiscard]] inline bool holds(const Principal& principal, std::string_view scope) {
  if (!role_holds(principal.role, scope)) return false;
  return principal.scopes.empty() ||
         std::ranges::find(principal.scopes, scope) != principal.scopes.end();
}

// Every scope the principal holds.
[[nodiscard]] inline std::vector<std::string> scopes_of(const Principal& principal) {
  std::vector<std::string> held;
  for (const ScopeLine& line : kScopes) {
    if (holds(principal, line.scope)) held.emplace_back(line.scope);
  }
  return held;
}

inline constexpr std::array<std::string_view, 5> kRoleNames{"owner", "admin", "developer",
                                                            "operator", "analyst"};

[[nodiscard]] constexpr std::string_view name_of(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}

[[nodiscard]] constexpr std::optional<Role> role_named(std::string_view name) {
  for (std::size_t index = 0; index < kRoleNames.size(); ++index) {
    if (kRoleNames[index] == name) return static_cast<Role>(index);
  }
  return std::nullopt;
}

// May do everything that `other` may.
[[nodiscard]] constexpr bool covers(Role role, Role other) { return role <= other; }

}  // namespace antiphon

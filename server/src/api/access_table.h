// Which operation of the API takes which scope. The router refuses what is not in this table, and
// the server does not start with a route that has no line here; which role holds which scope stands
// in domain/scopes.h.
#pragma once

#include "domain/scopes.h"

#include <optional>
#include <span>
#include <string_view>

namespace antiphon {

// Instead of a scope: a signed-in person, in no workspace in particular; no API key.
inline constexpr std::string_view kAccountScope = "account";

struct AccessLine {
  std::string_view operation;  // json::Operation::id
  std::string_view scope;      // empty: anybody, also without credentials
};

[[nodiscard]] std::span<const AccessLine> access_table();
[[nodiscard]] std::optional<AccessLine> access_of(std::string_view operation);

}  // namespace antiphon

// Which role holds which scope. The one place that says who may do what.
#pragma once

#include "domain/principal.h"

#include <string_view>

namespace antiphon {

// Scopes: "agents:read", "agents:write", "knowledge:read", "knowledge:write",
// "conversations:read", "conversations:write".
[[nodiscard]] bool role_holds(Role role, std::string_view scope);

}  // namespace antiphon

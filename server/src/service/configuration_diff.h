// What changed between two configurations of an agent, field by field.
//
// Objects are compared by their fields, lists by their places; whatever else differs is one change.
// Fields that both leave at their default do not appear.
// Thread  any.
#pragma once

#include "domain/agent_version.h"

#include <vector>

namespace antiphon {

[[nodiscard]] std::vector<VersionChange> changes_between(const AgentConfiguration& before,
                                                         const AgentConfiguration& after);

}  // namespace antiphon

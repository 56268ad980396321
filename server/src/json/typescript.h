// The same table as TypeScript: one declaration file without a tool to make it.
//
//   export interface Agent { id: string; name: string; … }
//   export type AgentStatus = 'active' | 'archived';
//   export interface Operations { 'agents.get': { method: 'GET'; path: '/api/agents/{id}'; … } }
//
// Output  the same text for the same table; passes `tsc --strict`.
#pragma once

#include "json/openapi.h"
#include "json/schema.h"

#include <span>
#include <string>

namespace antiphon::json {

[[nodiscard]] std::string typescript(const ApiDescription& api, std::span<const EventGroup> events);

}  // namespace antiphon::json

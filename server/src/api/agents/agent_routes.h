// /api/agents: create, list, read, replace, patch, remove, duplicate.
#pragma once

#include "api/router.h"
#include "service/agent_service.h"

namespace antiphon {

// `agents` outlives the router.
void add_agent_routes(Router& router, AgentService& agents);

}  // namespace antiphon

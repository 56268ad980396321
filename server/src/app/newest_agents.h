// The agents that are most likely to be called: what the server makes ready when it starts.
#pragma once

#include "core/task.h"
#include "domain/agent.h"
#include "ports/agent_version_store.h"
#include "ports/stores.h"
#include "store/postgres/pool.h"

#include <cstddef>
#include <vector>

namespace antiphon {

// The newest active agents of each workspace, `most` of them in all, as they were published, or
// their drafts; fewer where the database does not answer.
[[nodiscard]] Task<std::vector<AgentConfiguration>> newest_agents(store::Pool& pool,
                                                                  AgentStore& agents,
                                                                  AgentVersionStore& versions,
                                                                  std::size_t most);

}  // namespace antiphon

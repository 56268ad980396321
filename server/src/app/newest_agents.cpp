#include "app/newest_agents.h"

#include "store/postgres/stores.h"

#include <algorithm>
#include <utility>

namespace antiphon {

Task<std::vector<AgentConfiguration>> newest_agents(store::Pool& pool, AgentStore& agents,
                                                    AgentVersionStore& versions, std::size_t most) {
  std::vector<AgentConfiguration> found;
  Principal system{.kind = PrincipalKind::system, .why = "prepare prompts"};
  const auto workspaces = co_await store::workspace_ids(pool);
  if (!workspaces) co_return found;
  for (const WorkspaceId workspace : *workspaces) {
    system.workspace = workspace;
    auto page = co_await agents.list(system, {.search = {}, .status = AgentStatus::active},
                                     {.limit = most, .cursor = {}});
    if (!page) co_return found;
    for (Agent& agent : page->items) {
      if (agent.published_version) {
        auto version = co_await versions.find(system, *agent.published_version);
        if (version) agent.configuration = std::move(version->configuration);
      }
      found.push_back(std::move(agent.configuration));
    }
    if (found.size() >= most) break;
  }
  found.resize(std::min(found.size(), most));
  co_return found;
}

}  // namespace antiphon

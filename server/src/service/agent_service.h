// Agents: create, read, change, duplicate, remove.
//
// Errors  invalid_argument (agent_providers.h, tool_service.h),
//         not_found, already_exists (name or slug),
//         conflict (changed since it was read), unavailable.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/agent.h"
#include "domain/principal.h"
#include "ports/stores.h"
#include "ports/tool_store.h"

#include <optional>
#include <string>

namespace antiphon {

// What a person may set; the rest of an Agent is ours.
struct AgentDraft {
  std::string name;
  std::optional<std::string> slug;  // made from the name when absent
  std::string description;
  AgentStatus status = AgentStatus::active;
  AgentConfiguration configuration;
};

class AgentService {
 public:
  // Without `tools` nobody checks the names of tools.
  AgentService(AgentStore& agents, Clock& clock, Random& random, ToolStore* tools = nullptr)
      : agents_(agents), clock_(clock), random_(random), tools_(tools) {}

  Task<Result<Agent>> create(Principal principal, AgentDraft draft);
  Task<Result<Agent>> find(Principal principal, AgentId id);
  // By UUID or by slug: what a person types.
  Task<Result<Agent>> find_named(Principal principal, std::string id_or_slug);
  Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter, PageRequest page);
  // `revision`: what the caller read; absent: whatever is stored now.
  Task<Result<Agent>> replace(Principal principal, AgentId id, std::optional<std::int64_t> revision,
                              AgentDraft draft);
  Task<Result<>> remove(Principal principal, AgentId id);
  Task<Result<Agent>> duplicate(Principal principal, AgentId id);
  // Whether conversations could run on it: its providers go together, and its tools exist.
  Task<Result<>> check(Principal principal, const AgentConfiguration& configuration);

 private:
  Task<Result<Agent>> store_under_free_slug(Principal principal, Agent agent);

  AgentStore& agents_;
  Clock& clock_;
  Random& random_;
  ToolStore* tools_;
};

// "Front Desk, Berlin!" -> "front-desk-berlin"; at most 60 characters; "agent" when nothing is
// left.
[[nodiscard]] std::string slug_of(std::string_view name);

}  // namespace antiphon

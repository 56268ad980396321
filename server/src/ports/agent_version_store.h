// Where published versions of agents are kept.
//
// Errors  not_found (also for what belongs to others), conflict, unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/agent_version.h"
#include "domain/principal.h"
#include "ports/stores.h"

#include <cstdint>
#include <optional>

namespace antiphon {

class AgentVersionStore {
 public:
  struct Published {
    AgentVersion version;
    std::int64_t revision = 0;  // of the agent, which rises
  };

  virtual ~AgentVersionStore() = default;
  // Gives the version its number and lets the agent's conversations run on it, or does neither.
  // conflict: `revision` was given and is no longer the agent's. A canary ends.
  virtual Task<Result<Published>> publish(Principal principal, AgentVersion version,
                                          std::optional<std::int64_t> revision) = 0;
  // Begins, changes or ends it. Yields the agent's revision.
  virtual Task<Result<std::int64_t>> set_canary(Principal principal, AgentId agent,
                                                std::optional<Canary> canary) = 0;
  virtual Task<Result<std::optional<Canary>>> canary_of(Principal principal, AgentId agent) = 0;
  virtual Task<Result<AgentVersion>> find(Principal principal, AgentVersionId id) = 0;
  virtual Task<Result<AgentVersion>> find_number(Principal principal, AgentId agent,
                                                 std::int64_t number) = 0;
  // Newest first, with their figures.
  virtual Task<Result<Page<AgentVersion>>> list(Principal principal, AgentId agent,
                                                PageRequest page) = 0;
};

}  // namespace antiphon

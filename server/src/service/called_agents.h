// The agents that conversations run on, each with the configuration of the version that is meant.
//
// Without a VersionService every conversation runs on the draft.
// Errors  not_found, wrong_state (archived), unavailable.
// Thread  the API loop.
#pragma once

#include "domain/conversation.h"
#include "domain/principal.h"
#include "ports/stores.h"
#include "service/version_service.h"

#include <optional>
#include <string>

namespace antiphon {

struct CalledAgent {
  Agent agent;
  std::optional<AgentVersionId> version;  // none: the draft
};

class CalledAgents {
 public:
  CalledAgents(AgentStore& agents, VersionService* versions)
      : agents_(agents), versions_(versions) {}

  // For a conversation that is about to begin; an archived agent takes none. `caller`: as
  // VersionService::choose.
  Task<Result<CalledAgent>> choose(Principal principal, std::string id_or_slug,
                                   VersionChoice choice, std::string caller);
  // For one that began: its version, whatever was published since.
  Task<Result<Agent>> of(Principal principal, const Conversation& conversation);

 private:
  AgentStore& agents_;
  VersionService* versions_;
};

}  // namespace antiphon

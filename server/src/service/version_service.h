// Versions of agents: published from the draft, compared, published again; and which of them a
// conversation runs on.
//
// An agent has one draft, which people edit, and any number of versions, which nobody can change.
// Conversations run on the version that was published last, and on the draft while there is none.
// One that has begun keeps its version. With a canary, a share of the callers meets another one:
// the same callers each time, and those of a smaller share are among those of a larger one.
// Limits  kKnownMax configurations in memory; a version never changes, so none is out of date.
// Errors  not_found (the agent, the version), conflict (the agent changed since it was read),
//         invalid_argument (what the draft names is gone: agent_service.h), wrong_state (a canary
//         beside nothing, or beside itself), unavailable.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/agent_version.h"
#include "domain/principal.h"
#include "ports/agent_version_store.h"
#include "service/agent_service.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct Publication {
  AgentVersion version;
  std::vector<VersionChange> changes;  // since what conversations ran on before; none at first
  std::int64_t revision = 0;           // of the agent
};

struct VersionList {
  std::optional<AgentVersionId> published;
  std::optional<Canary> canary;
  Page<AgentVersion> page;
};

class VersionService {
 public:
  static constexpr std::size_t kKnownMax = 64;

  struct Parts {
    AgentService& agents;
    AgentVersionStore& versions;
    Clock& clock;
    Random& random;
    // Conversations will begin on this from now on.
    std::function<void(const AgentConfiguration&)> on_published = {};
  };
  explicit VersionService(Parts parts) : parts_(std::move(parts)) {}

  // `agent`: an id or a slug, in all of these. `revision`: of the agent, as the caller read it;
  // absent: whatever its draft is now.
  Task<Result<Publication>> publish(Principal principal, std::string agent,
                                    std::optional<std::int64_t> revision, std::string note);
  // The draft stays as it is.
  Task<Result<Publication>> roll_back(Principal principal, std::string agent, std::int64_t number,
                                      std::string note);
  Task<Result<VersionList>> list(Principal principal, std::string agent, PageRequest page);
  Task<Result<AgentVersion>> find(Principal principal, std::string agent, std::int64_t number);
  Task<Result<std::vector<VersionChange>>> compare(Principal principal, std::string agent,
                                                   VersionChoice from, VersionChoice to);

  // Yields the agent's revision. `percent`: 1 to 99 of the callers.
  Task<Result<std::int64_t>> start_canary(Principal principal, std::string agent,
                                          std::int64_t number, int percent);
  Task<Result<>> stop_canary(Principal principal, std::string agent);

  // Gives `agent` the configuration that was chosen; yields its version, none for the draft.
  // `caller`: whatever stays the same when the caller comes again; empty: nobody, who meets no
  // canary.
  Task<Result<std::optional<AgentVersionId>>> choose(Principal principal, Agent& agent,
                                                     VersionChoice choice, std::string caller);
  // The same for a conversation that began on `version` of this agent.
  Task<Result<>> resume(Principal principal, Agent& agent, std::optional<AgentVersionId> version);

 private:
  Task<Result<Publication>> put(Principal principal, const Agent& agent, AgentVersion version,
                                std::optional<std::int64_t> revision);
  void remember(const AgentVersion& version);

  Parts parts_;
  std::map<AgentVersionId, AgentConfiguration> known_;
};

// Whether the canary is what this caller meets.
[[nodiscard]] bool meets(const Canary& canary, std::string_view caller);

}  // namespace antiphon

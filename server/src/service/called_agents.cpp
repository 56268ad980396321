#include "service/called_agents.h"

#include <utility>

namespace antiphon {

Task<Result<CalledAgent>> CalledAgents::choose(Principal principal, std::string id_or_slug,
                                               VersionChoice choice, std::string caller) {
  const auto uuid = Uuid::parse(id_or_slug);
  auto agent = uuid ? co_await agents_.find(principal, AgentId(*uuid))
                    : co_await agents_.find_by_slug(principal, std::move(id_or_slug));
  if (!agent) co_return std::unexpected(std::move(agent.error()));
  if (agent->status == AgentStatus::archived) {
    co_return failure(ErrorCode::wrong_state, "the agent is archived; restore it first");
  }
  CalledAgent called{std::move(*agent), std::nullopt};
  if (versions_ == nullptr) co_return called;
  auto version = co_await versions_->choose(std::move(principal), called.agent, std::move(choice),
                                            std::move(caller));
  if (!version) co_return std::unexpected(std::move(version.error()));
  called.version = *version;
  co_return called;
}

Task<Result<Agent>> CalledAgents::of(Principal principal, const Conversation& conversation) {
  const auto version = conversation.agent_version;
  auto agent = co_await agents_.find(principal, conversation.agent);
  if (!agent || versions_ == nullptr) co_return agent;
  auto resumed = co_await versions_->resume(std::move(principal), *agent, version);
  if (!resumed) co_return std::unexpected(std::move(resumed.error()));
  co_return agent;
}

}  // namespace antiphon

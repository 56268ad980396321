#include "app/watched_agents.h"

namespace antiphon {

void WatchedAgents::tell(const Result<Agent>& stored) const {
  if (stored && stored->status == AgentStatus::active) on_change_(stored->configuration);
}

Task<Result<Agent>> WatchedAgents::create(Principal principal, Agent agent) {
  auto stored = co_await below_.create(std::move(principal), std::move(agent));
  tell(stored);
  co_return stored;
}

Task<Result<Agent>> WatchedAgents::save(Principal principal, Agent agent) {
  auto stored = co_await below_.save(std::move(principal), std::move(agent));
  tell(stored);
  co_return stored;
}

Task<Result<Agent>> WatchedAgents::find(Principal principal, AgentId id) {
  return below_.find(std::move(principal), id);
}

Task<Result<Agent>> WatchedAgents::find_by_slug(Principal principal, std::string slug) {
  return below_.find_by_slug(std::move(principal), std::move(slug));
}

Task<Result<Page<Agent>>> WatchedAgents::list(Principal principal, AgentFilter filter,
                                              PageRequest page) {
  return below_.list(std::move(principal), std::move(filter), std::move(page));
}

Task<Result<>> WatchedAgents::remove(Principal principal, AgentId id) {
  return below_.remove(std::move(principal), id);
}

Task<Result<std::vector<KnowledgeBaseId>>> WatchedAgents::knowledge_of(Principal principal,
                                                                       AgentId id) {
  return below_.knowledge_of(std::move(principal), id);
}

Task<Result<>> WatchedAgents::share_knowledge(Principal principal, AgentId from, AgentId to) {
  return below_.share_knowledge(std::move(principal), from, to);
}

}  // namespace antiphon

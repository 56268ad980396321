// An AgentStore that tells when an active agent was made or changed.
//
// Thread  that of the store below.
#pragma once

#include "ports/stores.h"

#include <functional>
#include <utility>

namespace antiphon {

class WatchedAgents final : public AgentStore {
 public:
  using OnChange = std::function<void(const AgentConfiguration&)>;

  WatchedAgents(AgentStore& below, OnChange on_change)
      : below_(below), on_change_(std::move(on_change)) {}

  Task<Result<Agent>> create(Principal principal, Agent agent) override;
  Task<Result<Agent>> find(Principal principal, AgentId id) override;
  Task<Result<Agent>> find_by_slug(Principal principal, std::string slug) override;
  Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter,
                                 PageRequest page) override;
  Task<Result<Agent>> save(Principal principal, Agent agent) override;
  Task<Result<>> remove(Principal principal, AgentId id) override;
  Task<Result<std::vector<KnowledgeBaseId>>> knowledge_of(Principal principal, AgentId id) override;
  Task<Result<>> share_knowledge(Principal principal, AgentId from, AgentId to) override;

 private:
  void tell(const Result<Agent>& stored) const;

  AgentStore& below_;
  OnChange on_change_;
};

}  // namespace antiphon

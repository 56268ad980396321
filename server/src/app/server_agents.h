// Agents and their versions, as the server has them: what conversations will begin on is spoken
// ahead of time.
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "app/prompt_preparer.h"
#include "app/server.h"
#include "app/watched_agents.h"
#include "ports/agent_version_store.h"
#include "ports/stores.h"
#include "service/agent_service.h"
#include "service/version_service.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon {

class ServerAgents {
 public:
  ServerAgents(const ServerContext& context, store::Pool& pool, AgentStore& agents,
               ToolStore* tools, PromptPreparer& prompts);

  void add_routes(Router& router);
  [[nodiscard]] VersionService* versions() { return &versions_; }
  // The newest active agents of each workspace; a call to any other has its prompts made when it is
  // opened.
  Task<> prepare_prompts();

 private:
  store::Pool& pool_;
  AgentStore& stored_;
  PromptPreparer& prompts_;
  WatchedAgents watched_;
  std::unique_ptr<AgentVersionStore> version_store_;
  AgentService agents_;
  VersionService versions_;
};

}  // namespace antiphon

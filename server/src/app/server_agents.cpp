#include "app/server_agents.h"

#include "api/agents/agent_routes.h"
#include "api/agents/version_routes.h"
#include "app/newest_agents.h"
#include "store/postgres/agent_versions.h"

#include <ranges>

namespace antiphon {

namespace {

constexpr std::size_t kPreparedAtStart = 32;  // configurations; later ones when they are called

}  // namespace

ServerAgents::ServerAgents(const ServerContext& context, store::Pool& pool, AgentStore& agents,
                           ToolStore* tools, PromptPreparer& prompts)
    : pool_(pool),
      stored_(agents),
      prompts_(prompts),
      watched_(agents, [this](const AgentConfiguration& changed) { prompts_.want(changed); }),
      version_store_(store::make_postgres_agent_versions(pool)),
      agents_(watched_, context.clock, context.random, tools),
      versions_({agents_, *version_store_, context.clock, context.random,
                 [this](const AgentConfiguration& published) { prompts_.want(published); }}) {}

void ServerAgents::add_routes(Router& router) {
  add_agent_routes(router, agents_);
  add_version_routes(router, versions_);
}

Task<> ServerAgents::prepare_prompts() {
  const auto found = co_await newest_agents(pool_, stored_, *version_store_, kPreparedAtStart);
  // What is wanted last is made first.
  for (const AgentConfiguration& configuration : found | std::views::reverse)
    prompts_.want(configuration);
}

}  // namespace antiphon

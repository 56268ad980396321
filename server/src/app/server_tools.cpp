#include "app/server_tools.h"

#include "api/tools/tool_routes.h"
#include "store/postgres/tools.h"

#include <utility>

namespace antiphon {

namespace {

OutboundLimits limits() {
  using std::chrono::seconds;
  return {.timeout = seconds(20),
          .idle_timeout = seconds(20),
          .stream_timeout = seconds(20),
          .body_bytes_max = 1024 * 1024,
          .redirects_max = 3};
}

}  // namespace

ServerTools::ServerTools(const ServerContext& context, OutboundPolicy policy, store::Pool& pool,
                         SealingParts& sealing, KnowledgeIndex& index)
    : store_(store::make_postgres_tools(pool)),
      service_(*store_, *sealing.secret_store, context.clock, context.random),
      loop_("tools", context.clock, context.metrics),
      far_(loop_.executor()),
      resolver_(context.clock),
      client_(loop_.executor(), context.clock, resolver_, limits()),
      keys_(sealing.secrets, context.executor, context.clock, SecretKind::tool_secret),
      runner_({far_, context.clock, client_, keys_, index, std::move(policy)}) {}

void ServerTools::start(Router& router, EngineSessionHost& host) {
  add_tool_routes(router, service_);
  host.set_tools(runner_);
}

Task<> ServerTools::stop() {
  co_await far_.stop();
  loop_.stop();
}

}  // namespace antiphon

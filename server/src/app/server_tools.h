// The part of the server that carries out tools: their store, their service, a loop of its own with
// one outbound client, so that no tool slows a provider.
//
// Limits  20 s for an answer, 1 MiB of it, three redirects.
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "app/options.h"
#include "app/server.h"
#include "app/server_sealing.h"
#include "engine/session_host.h"
#include "net/loop.h"
#include "net/outbound_client.h"
#include "providers/far_stream.h"
#include "providers/provider_keys.h"
#include "providers/tools/workspace_tools.h"
#include "service/tool_service.h"

#include <memory>

namespace antiphon {

class ServerTools {
 public:
  ServerTools(const ServerContext& context, OutboundPolicy policy, store::Pool& pool,
              SealingParts& sealing, KnowledgeIndex& index);

  [[nodiscard]] ToolStore* store() { return store_.get(); }
  [[nodiscard]] ToolService* service() { return &service_; }
  void start(Router& router, EngineSessionHost& host);
  // After the sessions.
  Task<> stop();

 private:
  std::unique_ptr<ToolStore> store_;
  ToolService service_;
  Loop loop_;
  FarLoop far_;
  SystemResolver resolver_;
  OutboundClient client_;
  ProviderKeys keys_;
  WorkspaceTools runner_;
};

}  // namespace antiphon

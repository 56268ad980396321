// Carries out the tools of workspaces: HTTP through the one outbound client, lookups in the
// knowledge, notes.
//
// A secret is opened when the request is about to leave, after the model has had its say, and is
// masked in what comes back. What has not left when its generation is cancelled never leaves.
// Limits  OutboundLimits of the client, the tool's own size and time; kAttemptsMax attempts of an
//         idempotent tool, none of others.
// Errors  as ports/tool_runner.h.
// Thread  any; what speaks with servers runs on the loop.
#pragma once

#include "json/value.h"
#include "net/outbound_client.h"
#include "ports/knowledge_index.h"
#include "ports/tool_runner.h"
#include "providers/far_stream.h"
#include "providers/provider_keys.h"
#include "providers/tools/tool_exchange.h"

namespace antiphon {

class WorkspaceTools final : public ToolRunner {
 public:
  static constexpr int kAttemptsMax = 3;

  // All borrowed. `client` and `keys` live on the loop.
  struct Parts {
    FarLoop& loop;
    Clock& clock;
    OutboundClient& client;
    ProviderKeys& keys;
    KnowledgeIndex& index;
    OutboundPolicy policy;
  };

  explicit WorkspaceTools(Parts parts) : parts_(std::move(parts)) {}
  Task<Result<ToolAnswer>> run(ToolRequest request) override;

 private:
  Task<Result<ToolAnswer>> look_up(ToolRequest request, json::Value arguments);
  Task<Result<ToolAnswer>> ask_server(ToolRequest request, json::Value arguments);
  static Task<ToolAnswer> exchange(const Parts& parts, const ToolRequest& request,
                                   const json::Value& arguments);
  static Task<Result<OpenedSecrets>> open_secrets(const Parts& parts, const ToolRequest& request);

  Parts parts_;
};

}  // namespace antiphon

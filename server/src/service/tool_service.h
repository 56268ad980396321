// The tools of a workspace: checked when they are stored, so that none fails in a call because of
// how it is written.
//
// Limits  as domain/tool.h and json/schema_check.h.
// Errors  invalid_argument with a field error for each place, not_found, conflict (changed since it
//         was read), unavailable.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "ports/secret_stores.h"
#include "ports/tool_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct PutTool {
  Tool tool;
  bool is_new = false;
};

class ToolService {
 public:
  ToolService(ToolStore& tools, SecretStore& secrets, Clock& clock, Random& random)
      : tools_(tools), secrets_(secrets), clock_(clock), random_(random) {}

  // Makes or replaces. `revision`: what the caller read; absent: whatever is stored now.
  Task<Result<PutTool>> put(Principal principal, std::string name,
                            std::optional<std::int64_t> revision, ToolConfiguration configuration);
  Task<Result<Tool>> find(Principal principal, std::string name);
  Task<Result<Page<Tool>>> list(Principal principal, PageRequest page);
  Task<Result<>> remove(Principal principal, std::string name);
  // What an agent with this configuration may use: those of its tools that there still are.
  Task<Result<std::vector<Tool>>> of(Principal principal, const AgentConfiguration& configuration);

 private:
  Task<Result<>> check_secrets(Principal principal, const ToolConfiguration& configuration);

  ToolStore& tools_;
  SecretStore& secrets_;
  Clock& clock_;
  Random& random_;
};

// What can be said of a tool without looking anything up; pointers begin at `/configuration`.
[[nodiscard]] Result<> check_tool(const ToolConfiguration& configuration);

// Every name is one of a tool of the workspace. Errors: invalid_argument with the pointer of each
// that is not, below `pointer`.
Task<Result<>> check_tool_names(ToolStore& tools, Principal principal,
                                std::vector<std::string> names, std::string pointer);

}  // namespace antiphon

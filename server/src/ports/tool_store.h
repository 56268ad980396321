// Where the tools of workspaces are kept.
//
// Errors  not_found (also for what belongs to others), conflict, unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/tool.h"
#include "ports/stores.h"

#include <string>
#include <vector>

namespace antiphon {

class ToolStore {
 public:
  virtual ~ToolStore() = default;
  // Makes it, or replaces the one with its id. conflict: the name was taken by another meanwhile,
  // or tool.revision is not the stored one.
  virtual Task<Result<Tool>> put(Principal principal, Tool tool) = 0;
  virtual Task<Result<Tool>> find(Principal principal, std::string name) = 0;
  virtual Task<Result<Page<Tool>>> list(Principal principal, PageRequest page) = 0;
  virtual Task<Result<>> remove(Principal principal, std::string name) = 0;
  // Those of the names that there are, in any order.
  virtual Task<Result<std::vector<Tool>>> named(Principal principal,
                                                std::vector<std::string> names) = 0;
};

}  // namespace antiphon

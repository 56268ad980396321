// /api/tools: list, read, put, remove what agents may do in the systems of their workspace.
#pragma once

#include "api/router.h"
#include "service/tool_service.h"

namespace antiphon {

// `tools` outlives the router.
void add_tool_routes(Router& router, ToolService& tools);

}  // namespace antiphon

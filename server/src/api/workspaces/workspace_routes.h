// /api/workspaces: those of a person, made and restored. /api/workspace: the one that is claimed.
#pragma once

#include "api/router.h"
#include "service/workspace_service.h"

namespace antiphon {

// `workspaces` outlives the router.
void add_workspace_routes(Router& router, WorkspaceService& workspaces);

}  // namespace antiphon

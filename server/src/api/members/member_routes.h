// /api/members: who belongs to the workspace, and as what.
#pragma once

#include "api/router.h"
#include "service/workspace_service.h"

namespace antiphon {

// `workspaces` outlives the router.
void add_member_routes(Router& router, WorkspaceService& workspaces);

}  // namespace antiphon

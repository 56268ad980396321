// /api/invitations: bring a person into the workspace, by an e-mail address and a token.
#pragma once

#include "api/router.h"
#include "service/workspace_service.h"

namespace antiphon {

// `workspaces` outlives the router.
void add_invitation_routes(Router& router, WorkspaceService& workspaces);

}  // namespace antiphon

// The JSON of workspaces, apart from the routes: each file compiles within its time.
#include "api/workspaces/workspace_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(WorkspaceInput)
ANTIPHON_JSON_CODEC(WorkspaceOutput)
ANTIPHON_JSON_CODEC(OwnWorkspaceList)
ANTIPHON_JSON_CODEC(CurrentWorkspaceOutput)

}  // namespace antiphon

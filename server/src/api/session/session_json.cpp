// The JSON of sessions, apart from the routes: each file compiles within its time.
#include "api/session/session_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(SessionInput)
ANTIPHON_JSON_CODEC(SessionOutput)
ANTIPHON_JSON_CODEC(SessionWorkspaceInput)
ANTIPHON_JSON_CODEC(SessionList)

}  // namespace antiphon

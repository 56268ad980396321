// The JSON of live events, apart from the sockets: each file compiles within its time.
#include "api/live/live_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(LiveNotice)
ANTIPHON_JSON_CODEC(ConversationNotice)
ANTIPHON_JSON_CODEC(WorkspaceNotice)
ANTIPHON_JSON_CODEC(LiveTicketOutput)

}  // namespace antiphon

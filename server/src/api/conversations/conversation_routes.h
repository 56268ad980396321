// /api/conversations: open, list, read, end, and type to an agent.
#pragma once

#include "api/router.h"
#include "service/conversation_service.h"

namespace antiphon {

// `conversations` outlives the router.
void add_conversation_routes(Router& router, ConversationService& conversations);

}  // namespace antiphon

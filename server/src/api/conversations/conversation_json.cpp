// The JSON of conversations, apart from the routes: each file compiles within its time.
#include "api/conversations/conversation_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(ConversationInput)
ANTIPHON_JSON_CODEC(ConversationOutput)
ANTIPHON_JSON_CODEC(ConversationOpened)
ANTIPHON_JSON_CODEC(ConversationList)
ANTIPHON_JSON_CODEC(ConversationListQuery)
ANTIPHON_JSON_CODEC(ConversationDetail)
ANTIPHON_JSON_CODEC(MessageInput)
ANTIPHON_JSON_CODEC(ReplyTextOutput)
ANTIPHON_JSON_CODEC(ReplyEndedOutput)

}  // namespace antiphon

// The JSON of what visitors' widgets read and write.
#include "api/widgets/widget_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(WidgetAgentQuery)
ANTIPHON_JSON_CODEC(WidgetSessionInput)
ANTIPHON_JSON_CODEC(WidgetSessionOutput)
ANTIPHON_JSON_CODEC(WidgetMessageInput)
ANTIPHON_JSON_CODEC(WidgetConversationOutput)
ANTIPHON_JSON_CODEC(WidgetReplyText)
ANTIPHON_JSON_CODEC(WidgetReplyEnded)
ANTIPHON_JSON_CODEC(WidgetHistory)
ANTIPHON_JSON_CODEC(WidgetCallOutput)
ANTIPHON_JSON_CODEC(WidgetFeedbackInput)
ANTIPHON_JSON_CODEC(WidgetEventsInput)

}  // namespace antiphon

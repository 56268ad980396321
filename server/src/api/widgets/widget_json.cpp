// The JSON of what owners of widgets read and write, apart from the routes: each file compiles
// within its time.
#include "api/widgets/widget_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(WidgetPath)
ANTIPHON_JSON_CODEC(WidgetSettings)
ANTIPHON_JSON_CODEC(WidgetAnalyticsQuery)
ANTIPHON_JSON_CODEC(WidgetAnalytics)

}  // namespace antiphon

// /api/agents/{agent}/widget for owners, /widget/* for the widgets of visitors.
//
// Visitors have no key and no cookie: their requests carry the token of /widget/session, and name
// the agent in the query, so that a browser's preflight can be answered too. CORS allows exactly
// the origins of that agent; an answer to any other page cannot be read by it.
// Errors  as problems: 403 origin, 401 token, 429 with Retry-After, and those of WidgetService.
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "service/usage_service.h"
#include "service/visitor_limiter.h"
#include "service/widget_service.h"

namespace antiphon {

// All outlive the router. `days` understands the days of a question.
void add_widget_routes(Router& router, WidgetService& widgets, const UsageService& days);
// `limiter` may be null: nothing is capped.
void add_visitor_routes(Router& router, WidgetService& widgets, VisitorLimiter* limiter);

}  // namespace antiphon

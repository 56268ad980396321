// /api/usage, /api/usage/limits, /api/usage/prices and /api/workspace/quotas.
#pragma once

#include "api/router.h"
#include "service/usage_service.h"

namespace antiphon {

// `usage` outlives the router.
void add_usage_routes(Router& router, UsageService& usage);

}  // namespace antiphon

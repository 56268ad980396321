// /api/agents/{agent}/publish, /rollback, /canary, /versions and /diff.
#pragma once

#include "api/router.h"
#include "service/version_service.h"

namespace antiphon {

// `versions` outlives the router.
void add_version_routes(Router& router, VersionService& versions);

}  // namespace antiphon

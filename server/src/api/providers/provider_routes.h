// /api/providers/check: whether what an agent would name can be reached.
#pragma once

#include "api/router.h"
#include "service/provider_check.h"

namespace antiphon {

// `check` outlives the router.
void add_provider_routes(Router& router, ProviderCheck& check);

}  // namespace antiphon

// /api/keys: API keys, made, narrowed and revoked.
#pragma once

#include "api/router.h"
#include "service/key_service.h"

namespace antiphon {

// `keys` outlives the router.
void add_key_routes(Router& router, KeyService& keys);

}  // namespace antiphon

// /api/secrets: list, read, put, remove. What is sealed is written here and never read.
#pragma once

#include "api/router.h"
#include "service/secret_service.h"

namespace antiphon {

// `secrets` outlives the router.
void add_secret_routes(Router& router, SecretService& secrets);

}  // namespace antiphon

// /auth/v1: what Supabase Auth (GoTrue) offers to @supabase/supabase-js, in its own words, outside
// the contract.
//
// Errors  {"code", "message"} for clients that send X-Supabase-Api-Version: 2024-01-01 or later,
//         {"code", "error_code", "msg"} for older ones; the header x-sb-error-code for both.
// Limits  a body of 64 KiB.
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "service/auth/auth_service.h"

#include <string>

namespace antiphon {

void add_auth_routes(Router& router, AuthService& service);
// Where accounts are a Supabase project's: every path answers 404 and says where to go.
void add_foreign_auth_routes(Router& router, const std::string& supabase_url);

}  // namespace antiphon

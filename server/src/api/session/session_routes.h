// /api/session: the studio's own sign-in, a cookie that scripts cannot read.
// /api/account/sessions: all of a person, to end the ones that should not be.
#pragma once

#include "api/router.h"
#include "service/studio_session_service.h"

#include <cstdint>

namespace antiphon {

// Whether browsers reach the server over TLS: the cookie then never travels without.
enum class CookieTransport : std::uint8_t { plain, tls };

// `sessions` and `access` outlive the router.
void add_session_routes(Router& router, StudioSessionService& sessions, AccessService& access,
                        CookieTransport transport);

}  // namespace antiphon

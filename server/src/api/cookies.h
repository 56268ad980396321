// Cookies of a request (RFC 6265).
//
// Limits  the request's own: net/ has bounded the head.
#pragma once

#include "net/http.h"

#include <string>
#include <string_view>

namespace antiphon {

// The value of the cookie of that name; empty when there is none, or more than one: which of two
// the browser meant nobody can say.
[[nodiscard]] std::string cookie_of(const Headers& headers, std::string_view name);

// The studio's session. Behind TLS the name carries a prefix with which browsers let no other host
// and no plain connection set it (RFC 6265bis section 4.1.3.2).
[[nodiscard]] std::string_view session_cookie_name(bool secure);

}  // namespace antiphon

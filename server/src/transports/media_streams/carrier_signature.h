// Does a carrier's webhook really come from that carrier?
//
// Input   the request as the carrier made it: the exact URL, the form, its headers.
// Errors  unauthenticated: no signature, a wrong one, or one that is too old; corrupt: the secret
//         that was set is no such secret.
// Limits  a Telnyx signature is good for kSignatureLife either side of now. Those of Twilio and
//         Plivo carry no time: a request that is sent again opens a conversation that nobody joins.
// Thread  any. Signatures are compared in constant time.
// Source  Twilio: www.twilio.com/docs/usage/security (HMAC-SHA-1 of the URL and the sorted form).
//         Telnyx: developers.telnyx.com/docs/messaging/messages/receiving-webhooks (Ed25519 of
//         timestamp|body). Plivo: plivo.com/docs/voice/concepts/signature-validation (V3:
//         HMAC-SHA-256 of URL, sorted query, sorted form and nonce).
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "net/http.h"
#include "wire/media_stream.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

inline constexpr std::chrono::minutes kSignatureLife{5};

using FormFields = std::vector<std::pair<std::string, std::string>>;

// application/x-www-form-urlencoded. Errors: protocol_error; too_large: over 200 fields.
[[nodiscard]] Result<FormFields> parse_form(std::string_view body);

// As the carrier wrote it; behind a proxy that passes on the Host header and is trusted to say
// which scheme it was (net/edge.h).
[[nodiscard]] std::string url_of(const Request& request);

// `secret`: the auth token (Twilio, Plivo), or the public key in base64 (Telnyx).
[[nodiscard]] Result<> check_signature(StreamDialect carrier, const Request& request,
                                       const FormFields& form, std::string_view secret,
                                       WallTime now);

}  // namespace antiphon

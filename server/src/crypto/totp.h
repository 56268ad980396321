// Time-based one-time passwords: 6 digits, 30 s, HMAC-SHA-1, as every authenticator app has them.
//
// Errors  none: a secret that is no base32 matches no code.
// Thread  any.
// Source  RFC 6238, RFC 4226, RFC 4648 section 6 (base32).
#pragma once

#include "core/clock.h"
#include "core/random.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// 20 random bytes, 32 characters of base32.
[[nodiscard]] std::string make_totp_secret(Random& random);
[[nodiscard]] std::string totp_code(std::string_view secret, WallTime at);
// The code of now, of 30 s before or of 30 s after.
[[nodiscard]] bool is_totp_code(std::string_view secret, std::string_view code, WallTime now);
// otpauth://totp/…, what the picture that an app scans says.
[[nodiscard]] std::string totp_uri(std::string_view issuer, std::string_view account,
                                   std::string_view secret);

[[nodiscard]] std::string base32_encode(std::span<const std::byte> bytes);
// Either case, no padding.
[[nodiscard]] std::optional<std::vector<std::byte>> base32_decode(std::string_view text);

}  // namespace antiphon

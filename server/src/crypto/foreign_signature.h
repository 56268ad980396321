// The signatures that others choose for what they send us; ours are elsewhere in crypto/.
//
// Errors  none: what is no signature does not verify.
// Thread  any.
// Source  RFC 2104 with FIPS 180-4 (SHA-1, which as a keyed hash still holds); RFC 8032.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace antiphon {

using Sha1 = std::array<std::byte, 20>;

[[nodiscard]] Sha1 hmac_sha1(std::string_view key, std::string_view message);
// `public_key`: 32 bytes; `signature`: 64.
[[nodiscard]] bool ed25519_verifies(std::span<const std::byte> public_key, std::string_view message,
                                    std::span<const std::byte> signature);

}  // namespace antiphon

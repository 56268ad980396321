// HMAC-SHA-1 (RFC 2104), for protocols of others that know nothing else: STUN (RFC 8489).
//
// Thread  any.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace antiphon {

using Sha1 = std::array<std::byte, 20>;

[[nodiscard]] Sha1 hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message);

}  // namespace antiphon

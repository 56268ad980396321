// STUN as ICE uses it towards a lite agent: Binding requests in, Binding responses out.
//
// Input   one datagram. Views in a StunRequest point into it.
// Limits  kStunBytesMax a message, kStunAttributesMax attributes.
// Errors  parse: protocol_error (no Binding request, lengths that do not fit, a wrong FINGERPRINT,
//         no MESSAGE-INTEGRITY), too_large, unsupported (an attribute that must be understood).
//         Whoever gets an error answers nothing: an attacker learns nothing and is not amplified.
// Thread  any.
// Source  RFC 8489; RFC 8445 section 7.3.
#pragma once

#include "core/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace antiphon {

inline constexpr std::size_t kStunBytesMax = 512;
inline constexpr std::size_t kStunAttributesMax = 32;
inline constexpr std::size_t kStunIntegrityBytes = 20;

using StunTransaction = std::array<std::byte, 12>;
using StunDigest = std::array<std::byte, kStunIntegrityBytes>;
// HMAC-SHA-1 with the password of one side.
using StunSigner = std::function<StunDigest(std::span<const std::byte>)>;

struct StunRequest {
  StunTransaction transaction{};
  std::string_view username;  // "ours:theirs"
  bool use_candidate = false;
  bool is_controlled = false;  // the sender says so: both sides would be
  std::size_t integrity_at = 0;
  StunDigest integrity{};
};

struct StunEndpoint {
  std::array<std::uint8_t, 16> address{};  // an IPv4 address has its four bytes in front
  bool is_v4 = true;
  std::uint16_t port = 0;

  bool operator==(const StunEndpoint&) const = default;
};

// What RFC 7983 calls STUN: the first byte says.
[[nodiscard]] bool looks_like_stun(std::span<const std::byte> datagram);

[[nodiscard]] Result<StunRequest> parse_stun_request(std::span<const std::byte> datagram);
// True when `sign`, which knows the password, comes to the digest of the request.
[[nodiscard]] bool has_valid_integrity(std::span<const std::byte> datagram,
                                       const StunRequest& request, const StunSigner& sign);

// Success, with XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT. Returns the bytes written:
// 64 or 76.
std::size_t write_stun_response(const StunTransaction& transaction, const StunEndpoint& mapped,
                                const StunSigner& sign, std::span<std::byte, kStunBytesMax> into);

// For tests and fuzzers: what a browser sends. Returns the bytes written.
std::size_t write_stun_request(const StunTransaction& transaction, std::string_view username,
                               bool use_candidate, const StunSigner& sign,
                               std::span<std::byte, kStunBytesMax> into);

}  // namespace antiphon

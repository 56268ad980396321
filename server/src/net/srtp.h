// SRTP and SRTCP of one call: what DTLS agreed on protects what goes out and opens what comes in.
//
// Input   whole packets. protect() writes behind the packet: the buffer has kSrtpTrailerMax to
//         spare.
// Limits  packets of kDatagramMax. A replay window of 256 packets.
// Errors  protect: internal. open: protocol_error (not authentic, replayed): drop it and say
//         nothing. make: unsupported (a profile that we do not offer).
// Thread  one owner. protect() and open() allocate nothing once a stream is known.
// Source  RFC 3711, RFC 7714 (AES-GCM); libsrtp 2.5.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kSrtpTrailerMax = 144;

enum class SrtpProfile : std::uint8_t { aead_aes_128_gcm, aes128_cm_sha1_80 };

// What DTLS exports (RFC 5764 section 4.2), in the order it exports it.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::vector<std::byte> material;  // client key, server key, client salt, server salt
};

// Key and salt of one side, in bytes.
[[nodiscard]] std::size_t srtp_key_bytes(SrtpProfile profile);
[[nodiscard]] std::size_t srtp_salt_bytes(SrtpProfile profile);

enum class DtlsRole : std::uint8_t { client, server };

class Srtp {
 public:
  // `ours`: what we were in the handshake.
  [[nodiscard]] static Result<Srtp> make(const SrtpKeys& keys, DtlsRole ours);
  Srtp(Srtp&&) noexcept;
  Srtp& operator=(Srtp&&) noexcept;
  ~Srtp();

  // In place; the size of what it became.
  [[nodiscard]] Result<std::size_t> protect_rtp(std::span<std::byte> buffer, std::size_t size);
  [[nodiscard]] Result<std::size_t> protect_rtcp(std::span<std::byte> buffer, std::size_t size);
  [[nodiscard]] Result<std::size_t> open_rtp(std::span<std::byte> packet);
  [[nodiscard]] Result<std::size_t> open_rtcp(std::span<std::byte> packet);

 private:
  struct State;
  explicit Srtp(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace antiphon

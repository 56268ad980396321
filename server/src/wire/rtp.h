// The header of an RTP packet.
//
// Input   one datagram after SRTP. `payload` of a parsed packet points into it.
// Limits  none of its own; CSRC list and header extension are stepped over.
// Errors  protocol_error: another version, or lengths that do not fit.
// Thread  any.
// Source  RFC 3550 section 5.1; RFC 5761 section 4 (telling RTCP apart).
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace antiphon {

inline constexpr std::size_t kRtpHeaderBytes = 12;

struct RtpHeader {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;

  bool operator==(const RtpHeader&) const = default;
};

struct RtpPacket {
  RtpHeader header;
  std::span<const std::byte> payload;  // without padding; may be empty
};

// RFC 7983: the first byte says whether a datagram is RTP or RTCP at all.
[[nodiscard]] bool looks_like_rtp(std::span<const std::byte> datagram);
// Of what looks like RTP: true for RTCP.
[[nodiscard]] bool looks_like_rtcp(std::span<const std::byte> datagram);
[[nodiscard]] Result<RtpPacket> parse_rtp(std::span<const std::byte> packet);
void write_rtp_header(const RtpHeader& header, std::span<std::byte, kRtpHeaderBytes> into);

// How far `later` is ahead of `earlier`, in [-32768, 32767]: sequence numbers wrap.
[[nodiscard]] inline int sequence_distance(std::uint16_t earlier, std::uint16_t later) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(later - earlier));
}

}  // namespace antiphon

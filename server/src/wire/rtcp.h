// RTCP reports: what a peer says of a stream, and what we say.
//
// Input   one compound packet after SRTCP.
// Limits  reports of the first kRtcpReportsMax sources count.
// Errors  protocol_error: another version, or lengths that do not fit.
// Thread  any.
// Source  RFC 3550 section 6; RFC 5506 (a compound may begin with anything).
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kRtcpReportsMax = 31;

// What one side received of a source of the other.
struct RtcpReport {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;  // of 256, since the last report
  std::uint32_t lost = 0;          // 24 bits, all in all
  std::uint32_t sequence_max = 0;  // with the count of wraps in the upper half
  std::uint32_t jitter = 0;        // in units of the stream's clock
  std::uint32_t last_sender_report = 0;
  std::uint32_t since_sender_report = 0;  // 1/65536 s

  bool operator==(const RtcpReport&) const = default;
};

struct RtcpSenderInfo {
  std::uint64_t ntp = 0;  // 32.32 seconds since 1900
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;

  bool operator==(const RtcpSenderInfo&) const = default;
};

struct RtcpCompound {
  std::optional<RtcpSenderInfo> sender;
  std::vector<RtcpReport> reports;
  bool says_goodbye = false;
};

[[nodiscard]] Result<RtcpCompound> parse_rtcp(std::span<const std::byte> packet);

struct RtcpToSend {
  std::uint32_t ssrc = 0;
  std::optional<RtcpSenderInfo> sender;  // what was sent, if anything was
  std::optional<RtcpReport> report;
  std::string_view name;  // CNAME, 255 bytes at most
  bool says_goodbye = false;
};

// SR or RR, SDES, and BYE where it is due. Returns the bytes written; kRtcpWrittenMax are enough.
inline constexpr std::size_t kRtcpWrittenMax = 352;
std::size_t write_rtcp(const RtcpToSend& what, std::span<std::byte, kRtcpWrittenMax> into);

}  // namespace antiphon

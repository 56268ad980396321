#include "wire/rtp.h"

#include "wire/network_bytes.h"

namespace antiphon {

namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kPadding = 0x20;
constexpr std::uint8_t kExtension = 0x10;
constexpr std::uint8_t kMarker = 0x80;
constexpr std::size_t kExtensionHeaderBytes = 4;

}  // namespace

bool looks_like_rtp(std::span<const std::byte> datagram) {
  return datagram.size() >= 2 && read_u8(datagram, 0) >= 128 && read_u8(datagram, 0) <= 191;
}

bool looks_like_rtcp(std::span<const std::byte> datagram) {
  const std::uint8_t type = read_u8(datagram, 1);
  return type >= 192 && type <= 223;
}

Result<RtpPacket> parse_rtp(std::span<const std::byte> packet) {
  if (packet.size() < kRtpHeaderBytes || read_u8(packet, 0) >> 6 != kVersion) {
    return failure(ErrorCode::protocol_error, "a packet that is not RTP");
  }
  const std::uint8_t first = read_u8(packet, 0);
  std::size_t begin = kRtpHeaderBytes + std::size_t{4} * (first & 0x0f);
  if ((first & kExtension) != 0) {
    if (begin + kExtensionHeaderBytes > packet.size()) {
      return failure(ErrorCode::protocol_error, "an RTP packet with half an extension");
    }
    begin += kExtensionHeaderBytes + std::size_t{4} * read_u16(packet, begin + 2);
  }
  std::size_t end = packet.size();
  if ((first & kPadding) != 0) {
    const std::size_t padding = read_u8(packet, packet.size() - 1);
    if (padding == 0 || padding > end) {
      return failure(ErrorCode::protocol_error, "an RTP packet that is more padding than packet");
    }
    end -= padding;
  }
  if (begin > end) {
    return failure(ErrorCode::protocol_error, "an RTP packet shorter than its header says");
  }
  RtpPacket parsed;
  parsed.header.payload_type = read_u8(packet, 1) & 0x7f;
  parsed.header.marker = (read_u8(packet, 1) & kMarker) != 0;
  parsed.header.sequence = read_u16(packet, 2);
  parsed.header.timestamp = read_u32(packet, 4);
  parsed.header.ssrc = read_u32(packet, 8);
  parsed.payload = packet.subspan(begin, end - begin);
  return parsed;
}

void write_rtp_header(const RtpHeader& header, std::span<std::byte, kRtpHeaderBytes> into) {
  write_u8(into, 0, kVersion << 6);
  write_u8(into, 1, header.payload_type | (header.marker ? kMarker : 0u));
  write_u16(into, 2, header.sequence);
  write_u32(into, 4, header.timestamp);
  write_u32(into, 8, header.ssrc);
}

}  // namespace antiphon

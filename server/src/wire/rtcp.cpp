#include "wire/rtcp.h"

#include "wire/network_bytes.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kDescription = 202;
constexpr std::uint8_t kGoodbye = 203;
constexpr std::uint8_t kCanonicalName = 1;
constexpr std::size_t kHeaderBytes = 8;  // with the sender's SSRC
constexpr std::size_t kSenderInfoBytes = 20;
constexpr std::size_t kReportBytes = 24;

RtcpReport read_report(std::span<const std::byte> bytes) {
  RtcpReport report;
  report.ssrc = read_u32(bytes, 0);
  report.fraction_lost = read_u8(bytes, 4);
  report.lost = read_u24(bytes, 5);
  report.sequence_max = read_u32(bytes, 8);
  report.jitter = read_u32(bytes, 12);
  report.last_sender_report = read_u32(bytes, 16);
  report.since_sender_report = read_u32(bytes, 20);
  return report;
}

Result<> read_reports(std::span<const std::byte> part, bool from_sender, RtcpCompound& into) {
  const std::size_t count = read_u8(part, 0) & 0x1f;
  const std::size_t begin = kHeaderBytes + (from_sender ? kSenderInfoBytes : 0);
  if (part.size() < begin + count * kReportBytes) {
    return failure(ErrorCode::protocol_error, "an RTCP report shorter than its count says");
  }
  if (from_sender) {
    into.sender = RtcpSenderInfo{.ntp = std::uint64_t{read_u32(part, 8)} << 32 | read_u32(part, 12),
                                 .timestamp = read_u32(part, 16),
                                 .packets = read_u32(part, 20),
                                 .bytes = read_u32(part, 24)};
  }
  for (std::size_t index = 0; index < count; ++index) {
    if (into.reports.size() == kRtcpReportsMax) break;
    into.reports.push_back(read_report(part.subspan(begin + index * kReportBytes, kReportBytes)));
  }
  return {};
}

void write_head(std::span<std::byte> part, std::size_t count, std::uint8_t type) {
  write_u8(part, 0, static_cast<unsigned>(kVersion << 6 | count));
  write_u8(part, 1, type);
  write_u16(part, 2, static_cast<unsigned>(part.size() / 4 - 1));
}

void write_report(const RtcpReport& report, std::span<std::byte> into) {
  write_u32(into, 0, report.ssrc);
  write_u32(into, 4, std::uint32_t{report.fraction_lost} << 24 | (report.lost & 0x00ff'ffffu));
  write_u32(into, 8, report.sequence_max);
  write_u32(into, 12, report.jitter);
  write_u32(into, 16, report.last_sender_report);
  write_u32(into, 20, report.since_sender_report);
}

std::size_t write_reports(const RtcpToSend& what, std::span<std::byte> into) {
  const std::size_t info = what.sender ? kSenderInfoBytes : 0;
  const auto part = into.first(kHeaderBytes + info + (what.report ? kReportBytes : 0));
  write_head(part, what.report ? 1 : 0, what.sender ? kSenderReport : kReceiverReport);
  write_u32(part, 4, what.ssrc);
  if (what.sender) {
    write_u32(part, 8, static_cast<std::uint32_t>(what.sender->ntp >> 32));
    write_u32(part, 12, static_cast<std::uint32_t>(what.sender->ntp));
    write_u32(part, 16, what.sender->timestamp);
    write_u32(part, 20, what.sender->packets);
    write_u32(part, 24, what.sender->bytes);
  }
  if (what.report) write_report(*what.report, part.subspan(kHeaderBytes + info));
  return part.size();
}

// One chunk: SSRC, one item, at least one null byte, filled up to four.
std::size_t write_description(const RtcpToSend& what, std::span<std::byte> into) {
  const std::size_t length = std::min<std::size_t>(what.name.size(), 255);
  const auto part = into.first((kHeaderBytes + 2 + length + 4) & ~std::size_t{3});
  std::ranges::fill(part, std::byte{0});
  write_head(part, 1, kDescription);
  write_u32(part, 4, what.ssrc);
  write_u8(part, 8, kCanonicalName);
  write_u8(part, 9, static_cast<unsigned>(length));
  std::ranges::copy(std::as_bytes(std::span(what.name)).first(length), part.begin() + 10);
  return part.size();
}

}  // namespace

Result<RtcpCompound> parse_rtcp(std::span<const std::byte> packet) {
  RtcpCompound compound;
  if (packet.size() < 4) return failure(ErrorCode::protocol_error, "a packet that is not RTCP");
  while (!packet.empty()) {
    if (packet.size() < 4 || read_u8(packet, 0) >> 6 != kVersion) {
      return failure(ErrorCode::protocol_error, "a packet that is not RTCP");
    }
    const std::size_t size = std::size_t{4} * (read_u16(packet, 2) + 1u);
    if (size > packet.size()) {
      return failure(ErrorCode::protocol_error, "an RTCP packet shorter than it says");
    }
    const auto part = packet.first(size);
    const std::uint8_t type = read_u8(part, 1);
    if (type == kSenderReport || type == kReceiverReport) {
      const auto read = read_reports(part, type == kSenderReport, compound);
      if (!read) return std::unexpected(read.error());
    }
    compound.says_goodbye = compound.says_goodbye || type == kGoodbye;
    packet = packet.subspan(size);
  }
  return compound;
}

std::size_t write_rtcp(const RtcpToSend& what, std::span<std::byte, kRtcpWrittenMax> into) {
  std::size_t size = write_reports(what, into);
  size += write_description(what, into.subspan(size));
  if (what.says_goodbye) {
    const auto part = into.subspan(size, kHeaderBytes);
    write_head(part, 1, kGoodbye);
    write_u32(part, 4, what.ssrc);
    size += part.size();
  }
  return size;
}

}  // namespace antiphon

#include "transports/webrtc/call_media.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace antiphon {

namespace {

constexpr std::uint32_t kTicksPerMillisecond = 48;
// From here on a pause was meant: the next packet begins a talk spurt.
constexpr std::chrono::milliseconds kPause{60};
constexpr std::uint64_t kSecondsFrom1900To1970 = 2'208'988'800;

std::uint32_t ticks_of(Duration duration) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count() *
      kTicksPerMillisecond / 1000);
}

// 32.32 seconds since 1900.
std::uint64_t ntp_of(WallTime wall) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(wall.time_since_epoch());
  const auto seconds = static_cast<std::uint64_t>(since.count()) / 1'000'000'000;
  const auto rest = static_cast<std::uint64_t>(since.count()) % 1'000'000'000;
  return (seconds + kSecondsFrom1900To1970) << 32 | (rest << 32) / 1'000'000'000;
}

std::string_view bytes_of(std::span<const Sample> samples) {
  return {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()};
}

}  // namespace

Result<std::unique_ptr<CallMedia>> CallMedia::make(const SrtpKeys& keys, const Stream& stream,
                                                   WebRtcMetrics& metrics, Sink sink) {
  auto srtp = Srtp::make(keys, stream.role);
  if (!srtp) return std::unexpected(srtp.error());
  auto sender = OpusSender::make();
  if (!sender) return std::unexpected(sender.error());
  auto receiver = OpusReceiver::make();
  if (!receiver) return std::unexpected(receiver.error());
  return std::unique_ptr<CallMedia>(new CallMedia(std::move(*srtp), std::move(*sender),
                                                  std::move(*receiver), stream, metrics,
                                                  std::move(sink)));
}

CallMedia::CallMedia(Srtp srtp, OpusSender sender, OpusReceiver receiver, const Stream& stream,
                     WebRtcMetrics& metrics, Sink sink)
    : srtp_(std::move(srtp)),
      sender_(std::move(sender)),
      receiver_(std::move(receiver)),
      stream_(stream),
      metrics_(metrics),
      sink_(std::move(sink)),
      sequence_(stream.first_sequence),
      timestamp_(stream.first_timestamp) {}

std::span<const std::byte> CallMedia::write(const AudioFrame& frame, Timepoint now) {
  const bool begins = packets_sent_ == 0 || now - sent_at_ > kPause;
  // What was silence passed on the far side's clock too.
  if (begins && packets_sent_ > 0) timestamp_ += ticks_of(now - sent_at_ - kFrameDuration);
  sent_at_ = now;
  std::span<std::byte> packet(buffer_);
  const std::size_t size =
      sender_.encode(frame.samples, packet.subspan<kRtpHeaderBytes, kOpusPacketMax>());
  if (size == 0) return {};
  write_rtp_header({.payload_type = stream_.payload_type,
                    .marker = begins,
                    .sequence = sequence_++,
                    .timestamp = timestamp_,
                    .ssrc = stream_.ssrc},
                   packet.first<kRtpHeaderBytes>());
  timestamp_ += kOpusRtpTicksPerFrame;
  ++packets_sent_;
  bytes_sent_ += static_cast<std::uint32_t>(size);
  const auto sealed = srtp_.protect_rtp(packet, kRtpHeaderBytes + size);
  if (!sealed) return {};
  return packet.first(*sealed);
}

std::span<const std::byte> CallMedia::write_report(Timepoint now, WallTime wall,
                                                   Farewell farewell) {
  RtcpToSend what{.ssrc = stream_.ssrc, .name = "agent"};
  what.says_goodbye = farewell == Farewell::yes;
  if (packets_sent_ > 0) {
    const std::uint32_t at = timestamp_ - kOpusRtpTicksPerFrame + ticks_of(now - sent_at_);
    what.sender = RtcpSenderInfo{ntp_of(wall), at, packets_sent_, bytes_sent_};
  }
  if (reception_) what.report = report(now);
  const std::size_t size = write_rtcp(what, std::span(buffer_).first<kRtcpWrittenMax>());
  const auto sealed = srtp_.protect_rtcp(buffer_, size);
  if (!sealed) return {};
  return std::span(buffer_).first(*sealed);
}

RtcpReport CallMedia::report(Timepoint now) {
  Reception& seen = *reception_;
  const std::uint32_t highest = seen.cycles + seen.sequence_max;
  const std::uint32_t expected = highest - seen.sequence_first + 1;
  const std::uint32_t expected_since = expected - seen.expected_before;
  const std::uint32_t received_since = seen.received - seen.received_before;
  seen.expected_before = expected;
  seen.received_before = seen.received;
  RtcpReport made;
  made.ssrc = seen.ssrc;
  if (expected_since > received_since) {
    const std::uint32_t lost_since = expected_since - received_since;
    made.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::uint32_t>(255, lost_since * 256 / expected_since));
  }
  made.lost = expected > seen.received ? std::min(expected - seen.received, 0x7fffffu) : 0;
  made.sequence_max = highest;
  made.jitter = static_cast<std::uint32_t>(seen.jitter);
  if (last_sender_report_ != 0) {
    made.last_sender_report = last_sender_report_;
    const std::chrono::duration<double> since = now - sender_report_at_;
    made.since_sender_report = static_cast<std::uint32_t>(since.count() * 65'536);
  }
  return made;
}

CallMedia::Taken CallMedia::take(std::span<std::byte> datagram, Timepoint now) {
  if (looks_like_rtcp(datagram)) return take_rtcp(datagram, now);
  const auto opened = srtp_.open_rtp(datagram);
  if (!opened) {
    metrics_.not_authentic.add();
    return {};
  }
  const auto packet = parse_rtp(datagram.first(*opened));
  if (!packet || packet->header.payload_type != stream_.payload_type) {
    metrics_.malformed.add();
    return {.is_authentic = true};
  }
  note(packet->header, now);
  if (!packet->payload.empty() && order_.push(packet->header.sequence, packet->payload)) {
    decode_due(now);
  }
  return {.is_authentic = true};
}

CallMedia::Taken CallMedia::take_rtcp(std::span<std::byte> datagram, Timepoint now) {
  const auto opened = srtp_.open_rtcp(datagram);
  if (!opened) {
    metrics_.not_authentic.add();
    return {};
  }
  const auto compound = parse_rtcp(datagram.first(*opened));
  if (!compound) {
    metrics_.malformed.add();
    return {.is_authentic = true};
  }
  if (compound->sender) {
    last_sender_report_ = static_cast<std::uint32_t>(compound->sender->ntp >> 16);
    sender_report_at_ = now;
  }
  for (const RtcpReport& one : compound->reports) {
    if (one.ssrc == stream_.ssrc) sender_.expect_loss(one.fraction_lost * 100 / 256);
  }
  return {.is_authentic = true, .says_goodbye = compound->says_goodbye};
}

void CallMedia::note(const RtpHeader& header, Timepoint now) {
  const std::uint32_t transit = ticks_of(now.time_since_epoch()) - header.timestamp;
  if (!reception_ || reception_->ssrc != header.ssrc) {
    reception_.emplace();
    reception_->ssrc = header.ssrc;
    reception_->sequence_first = reception_->sequence_max = header.sequence;
    reception_->transit = transit;
    order_.reset();
  }
  Reception& seen = *reception_;
  ++seen.received;
  if (sequence_distance(seen.sequence_max, header.sequence) > 0) {
    if (header.sequence < seen.sequence_max) seen.cycles += 0x10000;
    seen.sequence_max = header.sequence;
  }
  const double change =
      std::abs(static_cast<double>(static_cast<std::int32_t>(transit - seen.transit)));
  seen.transit = transit;
  seen.jitter += (change - seen.jitter) / 16;
}

void CallMedia::decode_due(Timepoint now) {
  while (const auto next = order_.pop()) {
    if (next->lost) {
      metrics_.concealed.add();
      play(receiver_.conceal(next->payload), Origin::concealed, now);
      continue;
    }
    const auto samples = receiver_.decode(next->payload);
    if (samples) {
      play(*samples, Origin::received, now);
    } else {
      metrics_.malformed.add();
    }
  }
}

void CallMedia::play(std::span<const Sample> samples, Origin origin, Timepoint now) {
  const auto pushed = frames_.push(bytes_of(samples), now, [&](const AudioFrame& frame) {
    if (origin == Origin::received) return sink_(frame);
    AudioFrame marked = frame;
    marked.origin = origin;
    sink_(marked);
  });
  if (!pushed) metrics_.overrun.add();
}

}  // namespace antiphon

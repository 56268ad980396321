// The audio of one call: frames of the engine to protected packets, and back.
//
//   auto media = CallMedia::make(keys, {.payload_type = 111, .ssrc = ssrc}, metrics, sink);
//   send(media->write(frame, now));
//   const auto taken = media->take(datagram, now);      // frames come through the sink
//   send(media->write_report(now, wall, Farewell::no)); // once a second
//
// Output  20 ms frames in order; a gap of one stream is concealed, a pause is not.
// Limits  audio at most two seconds ahead of real time (frame_assembler.h); one stream at a time.
// Errors  what is not authentic or malformed is dropped and counted.
// Thread  one owner. write() allocates nothing.
// Source  RFC 3550 (appendix A.8: jitter), RFC 3711, RFC 7587.
#pragma once

#include "dsp/opus_codec.h"
#include "net/srtp.h"
#include "transports/frame_assembler.h"
#include "transports/webrtc/metrics.h"
#include "transports/webrtc/receive_order.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace antiphon {

enum class Farewell : std::uint8_t { no, yes };

// What was received of one stream, for reports.
struct Reception {
  std::uint32_t ssrc = 0;
  std::uint32_t cycles = 0;
  std::uint16_t sequence_first = 0;
  std::uint16_t sequence_max = 0;
  std::uint32_t received = 0;
  std::uint32_t expected_before = 0;
  std::uint32_t received_before = 0;
  double jitter = 0;
  std::uint32_t transit = 0;
};

class CallMedia {
 public:
  using Sink = std::function<void(const AudioFrame&)>;

  struct Stream {
    std::uint8_t payload_type = 0;
    std::uint32_t ssrc = 0;
    std::uint16_t first_sequence = 0;
    std::uint32_t first_timestamp = 0;
    DtlsRole role = DtlsRole::server;
  };
  struct Taken {
    bool is_authentic = false;
    bool says_goodbye = false;
  };

  [[nodiscard]] static Result<std::unique_ptr<CallMedia>> make(const SrtpKeys& keys,
                                                               const Stream& stream,
                                                               WebRtcMetrics& metrics, Sink sink);

  // The packet is valid until the next call; empty when there is none.
  [[nodiscard]] std::span<const std::byte> write(const AudioFrame& frame, Timepoint now);
  [[nodiscard]] std::span<const std::byte> write_report(Timepoint now, WallTime wall,
                                                        Farewell farewell);
  // RTP or RTCP; opened in place.
  Taken take(std::span<std::byte> datagram, Timepoint now);

 private:
  CallMedia(Srtp srtp, OpusSender sender, OpusReceiver receiver, const Stream& stream,
            WebRtcMetrics& metrics, Sink sink);
  Taken take_rtcp(std::span<std::byte> datagram, Timepoint now);
  void note(const RtpHeader& header, Timepoint now);
  void decode_due(Timepoint now);
  void play(std::span<const Sample> samples, Origin origin, Timepoint now);
  [[nodiscard]] RtcpReport report(Timepoint now);

  Srtp srtp_;
  OpusSender sender_;
  OpusReceiver receiver_;
  Stream stream_;
  WebRtcMetrics& metrics_;
  Sink sink_;

  std::uint16_t sequence_;
  std::uint32_t timestamp_;
  Timepoint sent_at_{};
  std::uint32_t packets_sent_ = 0;
  std::uint32_t bytes_sent_ = 0;

  ReceiveOrder order_;
  FrameAssembler frames_;
  std::optional<Reception> reception_;
  std::uint32_t last_sender_report_ = 0;
  Timepoint sender_report_at_{};

  std::array<std::byte, 1'024> buffer_{};
};

}  // namespace antiphon

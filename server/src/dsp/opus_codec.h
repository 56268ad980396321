// Opus at the engine's rate: 20 ms of 16 kHz mono to a packet, a packet to samples.
//
// Input   encode: one frame. decode: a packet of at most 120 ms, of any bandwidth and channels;
//         it comes out at 16 kHz mono.
// Output  encode: at most kOpusPacketMax bytes. Without loss CELT with 2.5 ms of look-ahead; with
//         loss SILK with in-band FEC, which costs three times the time.
// Limits  one stream each.
// Errors  make: internal. decode: corrupt (no Opus packet; the decoder stays good).
// Thread  one owner. encode() and decode() allocate nothing.
// Source  RFC 6716, RFC 7587; libopus 1.3.1.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>

struct OpusDecoder;
struct OpusEncoder;

namespace antiphon {

inline constexpr std::size_t kOpusPacketMax = 400;
inline constexpr std::size_t kOpusSamplesMax = 1'920;  // 120 ms
// RTP counts Opus at 48 kHz, whatever it carries.
inline constexpr std::uint32_t kOpusRtpTicksPerFrame = 960;

class OpusSender {
 public:
  [[nodiscard]] static Result<OpusSender> make();
  OpusSender(OpusSender&&) noexcept;
  OpusSender& operator=(OpusSender&&) noexcept;
  ~OpusSender();

  // The bytes written into `into`; 0 when libopus refuses, which is a bug.
  std::size_t encode(std::span<const Sample, kFrameSamples.value()> frame,
                     std::span<std::byte, kOpusPacketMax> into);
  // What the far side reports. From 3 % on packets carry their predecessor once more, until it is
  // under 1 % again.
  void expect_loss(int percent);
  [[nodiscard]] bool repairs_loss() const { return repairs_loss_; }

 private:
  explicit OpusSender(OpusEncoder* encoder);
  void configure(int loss_percent);

  struct Free {
    void operator()(OpusEncoder* encoder) const;
  };
  std::unique_ptr<OpusEncoder, Free> encoder_;
  bool repairs_loss_ = false;
};

class OpusReceiver {
 public:
  [[nodiscard]] static Result<OpusReceiver> make();
  OpusReceiver(OpusReceiver&&) noexcept;
  OpusReceiver& operator=(OpusReceiver&&) noexcept;
  ~OpusReceiver();

  // The samples are valid until the next call.
  [[nodiscard]] Result<std::span<const Sample>> decode(std::span<const std::byte> packet);
  // 20 ms in place of a packet that did not come: from its successor where that carries it, made up
  // otherwise.
  [[nodiscard]] std::span<const Sample> conceal(std::span<const std::byte> successor = {});

 private:
  explicit OpusReceiver(OpusDecoder* decoder);

  struct Free {
    void operator()(OpusDecoder* decoder) const;
  };
  std::unique_ptr<OpusDecoder, Free> decoder_;
  std::array<Sample, kOpusSamplesMax> samples_{};
};

}  // namespace antiphon

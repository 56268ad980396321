// Sound between a carrier's stream and the engine: G.711 at 8 kHz there, frames at 16 kHz here.
//
// Input   decode: any number of octets, as they come. encode: one frame.
// Output  frames by way of FrameAssembler, which holds them to real time; octets, 160 a frame.
// Errors  decode: those of FrameAssembler.
// Thread  one. Allocates nothing after its construction.
#pragma once

#include "core/audio_frame.h"
#include "dsp/g711.h"
#include "dsp/resampler.h"
#include "transports/frame_assembler.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace antiphon {

class StreamAudio {
 public:
  StreamAudio();

  void use(G711Law law) { law_ = law; }
  // `sink` is called with each whole frame.
  template <class Sink>
  [[nodiscard]] Result<> decode(std::span<const std::uint8_t> octets, Timepoint now, Sink&& sink) {
    while (!octets.empty()) {
      const auto piece = octets.first(std::min(octets.size(), kPiece));
      octets = octets.subspan(piece.size());
      const std::string_view bytes = widen(piece);
      if (bytes.empty()) continue;
      if (auto taken = frames_.push(bytes, now, sink); !taken) return taken;
    }
    return {};
  }
  // Valid until the next call.
  [[nodiscard]] std::span<const std::uint8_t> encode(std::span<const Sample> frame);

 private:
  static constexpr std::size_t kPiece = 800;  // 100 ms at 8 kHz

  std::string_view widen(std::span<const std::uint8_t> octets);

  G711Law law_ = G711Law::mu;
  Resampler up_;
  Resampler down_;
  FrameAssembler frames_;
  std::array<Sample, kPiece> narrow_{};
  std::array<Sample, 2 * kPiece + 64> wide_{};
  std::array<std::uint8_t, kPiece> octets_{};
};

}  // namespace antiphon

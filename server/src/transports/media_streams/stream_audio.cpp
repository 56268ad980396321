#include "transports/media_streams/stream_audio.h"

#include "core/check.h"

#include <utility>

namespace antiphon {

namespace {

constexpr SampleRate kLineRate{8'000};

Resampler resampler(SampleRate from, SampleRate to) {
  auto made = Resampler::make(from, to);
  CHECK(made.has_value(), "8 and 16 kHz are rates we can change");
  return std::move(*made);
}

}  // namespace

StreamAudio::StreamAudio()
    : up_(resampler(kLineRate, kEngineRate)), down_(resampler(kEngineRate, kLineRate)) {
  CHECK(up_.output_bound(kPiece) <= wide_.size(), "a piece fits where it is widened");
  CHECK(down_.output_bound(kFrameSamples.value()) <= narrow_.size(), "a frame fits too");
}

std::string_view StreamAudio::widen(std::span<const std::uint8_t> octets) {
  const std::span<Sample> narrow = std::span(narrow_).first(octets.size());
  g711_decode(octets, narrow, law_);
  const std::size_t count = up_.process(narrow, wide_);
  return {reinterpret_cast<const char*>(wide_.data()), count * sizeof(Sample)};
}

std::span<const std::uint8_t> StreamAudio::encode(std::span<const Sample> frame) {
  const std::size_t count = down_.process(frame, narrow_);
  const std::span<std::uint8_t> octets = std::span(octets_).first(count);
  g711_encode(std::span<const Sample>(narrow_).first(count), octets, law_);
  return octets;
}

}  // namespace antiphon

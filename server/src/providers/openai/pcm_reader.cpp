#include "providers/openai/pcm_reader.h"

#include "core/check.h"

#include <bit>
#include <cstring>
#include <utility>

namespace antiphon::openai {

namespace {

Resampler to_engine_rate() {
  auto made = Resampler::make(kSpeechRate, kEngineRate, ResampleQuality::call);
  CHECK(made, "24 kHz is a rate that can be resampled");
  return std::move(*made);
}

}  // namespace

PcmReader::PcmReader() : resampler_(to_engine_rate()) {}

std::vector<Sample> PcmReader::take(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little, "samples come little-endian");
  std::vector<Sample> samples((bytes.size() + (has_half_ ? 1 : 0)) / 2);
  auto* into = reinterpret_cast<char*>(samples.data());
  if (has_half_ && !bytes.empty()) {
    *into++ = half_;
    *into++ = bytes.front();
    bytes.remove_prefix(1);
    has_half_ = false;
  }
  if (bytes.size() % 2 == 1) {
    has_half_ = true;
    half_ = bytes.back();
    bytes.remove_suffix(1);
  }
  if (!bytes.empty()) std::memcpy(into, bytes.data(), bytes.size());
  return resampled(samples);
}

std::vector<Sample> PcmReader::finish() {
  const auto held =
      static_cast<std::size_t>(resampler_.latency().count() * kSpeechRate.value() / 1'000'000'000);
  return resampled(std::vector<Sample>(held, Sample{0}));
}

std::vector<Sample> PcmReader::resampled(std::span<const Sample> samples) {
  std::vector<Sample> out(resampler_.output_bound(samples.size()));
  out.resize(resampler_.process(samples, out));
  return out;
}

}  // namespace antiphon::openai

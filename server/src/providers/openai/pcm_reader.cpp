#include "providers/openai/pcm_reader.h"

#include "core/check.h"

#include <utility>

namespace antiphon::openai {

namespace {

Resampler to_engine_rate() {
  auto made = Resampler::make(kSpeechRate, kEngineRate, ResampleQuality::archive);
  CHECK(made, "24 kHz is a rate that can be resampled");
  return std::move(*made);
}

}  // namespace

PcmReader::PcmReader() : resampler_(to_engine_rate()) {}

std::vector<Sample> PcmReader::take(std::string_view bytes) {
  std::vector<Sample> samples;
  samples.reserve(bytes.size() / 2 + 1);
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    if (!std::exchange(has_half_, !has_half_)) {
      half_ = byte;
      continue;
    }
    samples.push_back(static_cast<Sample>(half_ | byte << 8));
  }
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

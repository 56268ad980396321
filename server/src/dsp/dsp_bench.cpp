#include "dsp/g711.h"
#include "dsp/level.h"
#include "dsp/log_mel.h"
#include "dsp/resampler.h"
#include "dsp/test_tone.h"

#include <benchmark/benchmark.h>

namespace antiphon {
namespace {

void g711_decode_frame(benchmark::State& state) {
  const std::vector<std::uint8_t> codes(160, 0x5A);
  std::vector<Sample> out(160);
  for (auto step : state) {
    g711_decode(codes, out, G711Law::mu);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(g711_decode_frame);

void g711_encode_frame(benchmark::State& state) {
  const auto in = tone(440.0, 160, SampleRate(8'000));
  std::vector<std::uint8_t> out(160);
  for (auto step : state) {
    g711_encode(in, out, G711Law::mu);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(g711_encode_frame);

// One 20 ms frame, from and to these rates.
void resample_frame(benchmark::State& state) {
  const auto from = static_cast<std::uint32_t>(state.range(0));
  auto resampler =
      *Resampler::make(SampleRate(from), SampleRate(static_cast<std::uint32_t>(state.range(1))));
  const auto in = tone(440.0, from / 50, SampleRate(from));
  std::vector<Sample> out(resampler.output_bound(in.size()));
  for (auto step : state)
    benchmark::DoNotOptimize(resampler.process(in, out));
}
BENCHMARK(resample_frame)
    ->Args({8'000, 16'000})
    ->Args({16'000, 8'000})
    ->Args({48'000, 16'000})
    ->Args({16'000, 48'000});

void level_of_frame(benchmark::State& state) {
  const auto in = tone(440.0, 320);
  for (auto step : state)
    benchmark::DoNotOptimize(level_of(in));
}
BENCHMARK(level_of_frame);

void whisper_features_of_eight_seconds(benchmark::State& state) {
  const auto in = tone(440.0, kMelSamples);
  std::vector<float> out(kMelBands * kMelFrames);
  for (auto step : state) {
    whisper_features(in, std::span(out).first<kMelBands * kMelFrames>());
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(whisper_features_of_eight_seconds)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace antiphon

// What keeping the sound costs: a frame in the tick, and a second of a call on the recorder's
// thread.
#include "store/recording/call_track.h"
#include "store/recording/frame_ring.h"
#include "store/recording/recording_format.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace antiphon {
namespace {

std::vector<Sample> speech() {
  std::vector<Sample> samples(kFrameSamples.value());
  for (std::size_t at = 0; at < samples.size(); ++at)
    samples[at] = static_cast<Sample>((at * 7'919) % 20'000);
  return samples;
}

void push_frame(benchmark::State& state) {
  FrameRing ring;
  const auto samples = speech();
  for (auto _ : state) {
    benchmark::DoNotOptimize(ring.push(RecordedSide::caller, Timepoint{}, samples));
    ring.pop();
  }
}

void record_second(benchmark::State& state) {
  CallTrack track{Timepoint{}};
  const auto samples = speech();
  Timepoint now{};
  const CallTrack::Sink sink = [](const StereoBlock& block) {
    benchmark::DoNotOptimize(encode_audio(block));
  };
  for (auto _ : state) {
    for (int frame = 0; frame < 50; ++frame) {
      track.agent(now, samples);
      now += kFrameDuration;
      track.caller(now, samples);
      if (frame % 2 == 0) track.advance(now, sink);
    }
  }
  state.SetItemsProcessed(state.iterations() * 100);  // frames
}

BENCHMARK(push_frame);
BENCHMARK(record_second);

}  // namespace
}  // namespace antiphon

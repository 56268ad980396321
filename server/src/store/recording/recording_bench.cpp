// What keeping the sound costs: a frame in the tick, and a second of a call on the recorder's
// thread.
#include "store/recording/block_codec.h"
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

RecordingHeader some_header() {
  RecordingHeader header;
  header.sealed_key = std::string(kSealedKey, 'k');
  return header;
}

StereoBlock spoken_block() {
  StereoBlock block;
  while (block.caller.size() < CallTrack::kBlock) {
    for (const Sample sample : speech()) {
      if (block.caller.size() == CallTrack::kBlock) break;
      block.caller.push_back(sample);
      block.agent.push_back(sample);
    }
  }
  return block;
}

// What sealing adds: a second of 200 calls, both sides speaking.
void seal_second_of_200_calls(benchmark::State& state) {
  SystemRandom random;
  const BlockCodec codec(some_header(), SecretKey::make_random(random), &random);
  const std::string block = encode_audio(spoken_block());
  for (auto _ : state) {
    for (std::uint64_t written = 0; written < 200 * kEngineRate.value() / CallTrack::kBlock;
         ++written) {
      benchmark::DoNotOptimize(codec.encode(block, written));
    }
  }
}

// A listener needs these.
void open_block(benchmark::State& state) {
  SystemRandom random;
  const BlockCodec codec(some_header(), SecretKey::make_random(random), &random);
  const std::string sealed = codec.encode(encode_audio(spoken_block()), 0);
  for (auto _ : state)
    benchmark::DoNotOptimize(codec.decode(sealed, 0));
}

BENCHMARK(push_frame);
BENCHMARK(record_second);
BENCHMARK(seal_second_of_200_calls)->Unit(benchmark::kMillisecond);
BENCHMARK(open_block)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace antiphon

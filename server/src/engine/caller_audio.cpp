#include "engine/caller_audio.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr double kFramesAtOnce = 50;
// A peer's sound card may run 2 % fast for ever without losing a frame.
constexpr double kFramesPerNanosecond = 1.02 / 20e6;
constexpr SampleIndex kBacklogMax = kEngineRate.value();

}  // namespace

CallerAudio::CallerAudio() : ring_(kCapacity) {}

bool CallerAudio::push(const AudioFrame& frame, Timepoint now) noexcept {
  const auto elapsed = static_cast<double>((now - credit_from_).count());
  credit_from_ = now;
  credit_ = std::min(kFramesAtOnce, credit_ + elapsed * kFramesPerNanosecond);
  if (credit_ < 1) {
    ++dropped_;
    return false;
  }
  credit_ -= 1;
  for (const Sample sample : frame.samples)
    ring_[written_++ % kCapacity] = sample;
  last_arrival_ = now;
  if (written_ - read_ > kBacklogMax) read_ = written_ - kBacklogMax;
  return true;
}

bool CallerAudio::window(std::span<Sample> out) noexcept {
  if (written_ - read_ < out.size()) return false;
  for (Sample& sample : out)
    sample = ring_[read_++ % kCapacity];
  return true;
}

Timepoint CallerAudio::time_of(SampleIndex sample) const noexcept {
  const SampleIndex behind = sample < written_ ? written_ - sample : 0;
  return last_arrival_ - duration_of(behind);
}

std::vector<Sample> CallerAudio::copy(SampleIndex begin, SampleIndex end) const {
  end = std::min(end, written_);
  if (written_ > kCapacity) begin = std::max(begin, written_ - kCapacity);
  std::vector<Sample> samples;
  if (begin >= end) return samples;
  samples.reserve(end - begin);
  for (SampleIndex at = begin; at < end; ++at)
    samples.push_back(ring_[at % kCapacity]);
  return samples;
}

}  // namespace antiphon

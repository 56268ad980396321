#include "providers/moonshine/utterance_audio.h"

#include <algorithm>
#include <array>
#include <limits>

namespace antiphon {

namespace {

// What is this much over the floor may be speech. Wrong only to the safe side: a noisy line costs
// one more decode.
constexpr float kOverFloor = 10.0F;
constexpr float kFloorMax = -50.0F;
constexpr std::size_t kQuietSpan = 3'200;

}  // namespace

UtteranceAudio::UtteranceAudio() : ring_(std::make_unique_for_overwrite<Sample[]>(kCapacity)) {}

void UtteranceAudio::clear() {
  end_ = 0;
  kept_from_ = 0;
  speech_end_ = 0;
  loud_blocks_ = 0;
}

void UtteranceAudio::push(std::span<const Sample> samples) {
  while (!samples.empty()) {
    const std::size_t into_block = end_ % kBlock;
    const std::size_t count = std::min(samples.size(), kBlock - into_block);
    // Blocks divide the ring, so a piece of one never wraps.
    static_assert(kCapacity % kBlock == 0);
    std::ranges::copy(samples.first(count), ring_.get() + end_ % kCapacity);
    end_ += count;
    samples = samples.subspan(count);
    if (into_block + count == kBlock) judge_block(end_);
  }
  if (end_ - kept_from_ > kCapacity) {
    lost_ += end_ - kept_from_ - kCapacity;
    kept_from_ = end_ - kCapacity;
  }
}

void UtteranceAudio::judge_block(AudioPosition block_end) {
  const std::span<const Sample> block(ring_.get() + (block_end - kBlock) % kCapacity, kBlock);
  const Decibels level = level_of(block);
  floor_.observe(level);
  const float threshold = std::min(floor_.level().value(), kFloorMax) + kOverFloor;
  if (level.value() <= threshold) return;
  speech_end_ = block_end;
  ++loud_blocks_;
}

void UtteranceAudio::forget_before(AudioPosition position) {
  kept_from_ = std::clamp(position, kept_from_, end_);
}

std::vector<Sample> UtteranceAudio::copy(AudioPosition from, AudioPosition to) const {
  from = std::max(from, kept_from_);
  to = std::clamp(to, from, end_);
  std::vector<Sample> samples;
  samples.reserve(to - from);
  while (from < to) {
    const std::size_t offset = from % kCapacity;
    const std::size_t count = std::min<std::size_t>(to - from, kCapacity - offset);
    samples.insert(samples.end(), ring_.get() + offset, ring_.get() + offset + count);
    from += count;
  }
  return samples;
}

std::size_t quietest_point(std::span<const Sample> audio, std::size_t earliest,
                           std::size_t latest) {
  std::size_t best = std::min(latest, audio.size());
  float best_level = std::numeric_limits<float>::max();
  for (std::size_t at = earliest; at + kQuietSpan <= std::min(latest, audio.size());
       at += kFrameSamples.value()) {
    const float level = level_of(audio.subspan(at, kQuietSpan)).value();
    if (level >= best_level) continue;
    best_level = level;
    best = at + kQuietSpan / 2;
  }
  return best;
}

}  // namespace antiphon

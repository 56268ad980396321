#include "dsp/level.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace antiphon {

namespace {

// Of two frames: a single quiet frame between words is no new floor.
constexpr float kSmoothing = 0.5F;

}  // namespace

Decibels level_of(std::span<const Sample> samples) {
  std::int64_t energy = 0;
  for (const Sample sample : samples)
    energy += std::int32_t{sample} * std::int32_t{sample};
  if (energy == 0) return kSilenceLevel;
  constexpr double kFullScale = 32768.0;
  const double mean = static_cast<double>(energy) / static_cast<double>(samples.size());
  const double level = 10.0 * std::log10(mean / (kFullScale * kFullScale));
  return Decibels(std::max(static_cast<float>(level), kSilenceLevel.value()));
}

void NoiseFloor::observe(Decibels level) {
  const bool is_first = frames_ == 0 && !has_previous_;
  smoothed_ =
      is_first ? level.value() : kSmoothing * smoothed_ + (1.0F - kSmoothing) * level.value();
  current_ = frames_ == 0 ? smoothed_ : std::min(current_, smoothed_);
  if (++frames_ < kWindowFrames) return;
  previous_ = current_;
  has_previous_ = true;
  frames_ = 0;
}

Decibels NoiseFloor::level() const {
  float floor = kLowest.value();
  if (frames_ > 0) floor = current_;
  if (has_previous_) floor = frames_ > 0 ? std::min(current_, previous_) : previous_;
  return Decibels(std::clamp(floor, kLowest.value(), kHighest.value()));
}

}  // namespace antiphon

#include "dsp/echo_detector.h"

#include <algorithm>
#include <cmath>

namespace antiphon {

namespace {

constexpr float kSilent = 16;  // -66 dB of full scale: nothing was sent

}  // namespace

EchoDetector::Track::Track(std::size_t kept) : kept_(kept), samples_(2 * kept), end_(kept) {}

void EchoDetector::Track::add(float sample) noexcept {
  if (end_ == samples_.size()) {
    std::copy(samples_.end() - static_cast<std::ptrdiff_t>(kept_), samples_.end(),
              samples_.begin());
    end_ = kept_;
  }
  samples_[end_++] = sample;
}

// The mean of four is filter enough: what lies above 2 kHz is weak in a voice.
void EchoDetector::Track::push(std::span<const Sample> samples) noexcept {
  for (const Sample sample : samples) {
    sum_ += static_cast<float>(sample);
    if (++summed_ < kDecimation) continue;
    add(sum_ / kDecimation);
    sum_ = 0;
    summed_ = 0;
  }
}

void EchoDetector::Track::push_silence(std::size_t samples) noexcept {
  for (std::size_t at = 0; at < samples / kDecimation; ++at)
    add(0);
}

std::span<const float> EchoDetector::Track::latest() const noexcept {
  return std::span(samples_).subspan(end_ - kept_, kept_);
}

float EchoDetector::correlation() const noexcept {
  const std::span<const float> caller = caller_.latest();
  const std::span<const float> reference = reference_.latest();
  float caller_energy = 0;
  for (const float sample : caller)
    caller_energy += sample * sample;
  float reference_energy = 0;
  for (std::size_t at = 0; at < kCompared; ++at)
    reference_energy += reference[at] * reference[at];
  const bool silent =
      std::ranges::all_of(reference, [](float sample) { return std::abs(sample) < kSilent; });
  if (silent) return 0;
  float best = 0;
  for (std::size_t delay = 0; delay + kCompared <= kReference; ++delay) {
    float product = 0;
    for (std::size_t at = 0; at < kCompared; ++at)
      product += caller[at] * reference[delay + at];
    const float scale = caller_energy * reference_energy;
    if (product > 0 && scale > 1.0F) best = std::max(best, product * product / scale);
    if (delay + kCompared == kReference) break;
    const float leaves = reference[delay];
    const float enters = reference[delay + kCompared];
    reference_energy = std::max(0.0F, reference_energy + enters * enters - leaves * leaves);
  }
  return std::sqrt(std::min(best, 1.0F));
}

}  // namespace antiphon

#include "dsp/echo_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace antiphon {

namespace {

constexpr float kSilent = 16;  // -66 dB of full scale: nothing was sent

// Eight sums side by side: one sum would have to be added up in order.
inline __attribute__((always_inline)) float product_of(std::span<const float> left,
                                                       std::span<const float> right) noexcept {
  constexpr std::size_t kLanes = 8;
  std::array<float, kLanes> sums{};
  for (std::size_t at = 0; at + kLanes <= left.size(); at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sums[lane] += left[at + lane] * right[at + lane];
  }
  float total = 0;
  for (const float sum : sums)
    total += sum;
  return total;
}

}  // namespace

inline __attribute__((always_inline)) EchoDetector::Match EchoDetector::best_of(
    std::span<const float> caller, std::span<const float> reference) noexcept {
  const auto energy_of = [](std::span<const float> samples) {
    float energy = 0;
    for (const float sample : samples)
      energy += sample * sample;
    return energy;
  };
  const float caller_energy = energy_of(caller);
  float reference_energy = energy_of(reference.first(kCompared));
  Match best;
  for (std::size_t from = 0; from + kCompared <= kReference; ++from) {
    const float product = product_of(caller, reference.subspan(from, kCompared));
    const float scale = caller_energy * reference_energy;
    const float squared = product > 0 && scale > 1.0F ? product * product / scale : 0;
    if (squared > best.correlation) best = {squared, kReference - kCompared - from};
    if (from + kCompared == kReference) break;
    const float leaves = reference[from];
    const float enters = reference[from + kCompared];
    reference_energy = std::max(0.0F, reference_energy + enters * enters - leaves * leaves);
  }
  best.correlation = std::sqrt(std::min(best.correlation, 1.0F));
  return best;
}

std::span<float> EchoDetector::Track::extend(std::size_t count) noexcept {
  if (end_ + count > samples_.size()) {
    std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(end_ - kept_),
              samples_.begin() + static_cast<std::ptrdiff_t>(end_), samples_.begin());
    end_ = kept_;
  }
  end_ += count;
  return std::span(samples_).subspan(end_ - count, count);
}

// The mean of four is filter enough: what lies above 2 kHz is weak in a voice.
void EchoDetector::Track::push(std::span<const Sample> samples) noexcept {
  const std::span<float> out = extend(samples.size() / kDecimation);
  for (std::size_t at = 0; at < out.size(); ++at) {
    int sum = 0;
    for (std::size_t offset = 0; offset < kDecimation; ++offset)
      sum += samples[at * kDecimation + offset];
    out[at] = static_cast<float>(sum) / kDecimation;
  }
  float before = before_;
  for (float& sample : out)
    sample -= std::exchange(before, sample);
  before_ = before;
  silent_ = 0;
}

void EchoDetector::Track::push_silence(std::size_t samples) noexcept {
  if (is_silent()) return;
  const std::size_t count = samples / kDecimation;
  std::ranges::fill(extend(count), 0.0F);
  before_ = 0;
  silent_ += count;
}

std::span<const float> EchoDetector::Track::latest() const noexcept {
  return std::span(samples_).subspan(end_ - kept_, kept_);
}

// Two thousand products of 512: compiled for what the processor has. Both add up in the same order,
// and none fuses, so a replay on another machine decides the same.
__attribute__((target("avx2"))) EchoDetector::Match EchoDetector::best_of_avx2(
    std::span<const float> caller, std::span<const float> reference) noexcept {
  return best_of(caller, reference);
}

EchoDetector::Match EchoDetector::match() const noexcept {
  const std::span<const float> reference = reference_.latest();
  const bool silent = reference_.is_silent() || std::ranges::all_of(reference, [](float sample) {
                        return std::abs(sample) < kSilent;
                      });
  if (silent) return {};
  // Not target_clones: its resolver runs before a sanitizer is ready for it.
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? best_of_avx2(caller_.latest(), reference)
                  : best_of(caller_.latest(), reference);
}

bool EchoDetector::is_echo() noexcept {
  const Match found = match();
  if (found.correlation < kAlike) {
    last_delay_ = kReference;
    return false;
  }
  const std::size_t before = std::exchange(last_delay_, found.delay);
  const std::size_t moved = before > found.delay ? before - found.delay : found.delay - before;
  return found.correlation >= kSurelyAlike || moved <= kDelayWavers;
}

}  // namespace antiphon

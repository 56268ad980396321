#include "dsp/half_band.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace antiphon {

namespace {

using Taps = std::array<float, HalfBand::kTaps>;

constexpr double kBeta = 5.0;

double bessel_i0(double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; term > 1e-12 * sum; ++k) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

Taps make_taps() {
  std::array<double, HalfBand::kTaps> exact{};
  double sum = 0;
  for (std::size_t at = 0; at < exact.size(); ++at) {
    const double t = static_cast<double>(at) - (HalfBand::kTaps - 1) / 2.0;
    const double across = 2 * t / HalfBand::kTaps;
    exact[at] = std::sin(std::numbers::pi * t) / (std::numbers::pi * t) *
                bessel_i0(kBeta * std::sqrt(1 - across * across));
    sum += exact[at];
  }
  Taps taps{};
  std::ranges::transform(exact, taps.begin(),
                         [sum](double tap) { return static_cast<float>(tap / sum); });
  return taps;
}

const Taps kFilter = make_taps();

// into[i] = the filter over line[i .. i + kTaps). Tap by tap, so that the compiler does several
// samples at once and always adds in the same order.
void filter(const float* line, std::span<float> into) noexcept {
  std::ranges::fill(into, 0.0F);
  for (std::size_t tap = 0; tap < HalfBand::kTaps; ++tap) {
    const float weight = kFilter[tap];
    for (std::size_t at = 0; at < into.size(); ++at)
      into[at] += weight * line[at + tap];
  }
}

Sample to_sample(float value) noexcept {
  const float limited = std::clamp(value, -32'768.0F, 32'767.0F);
  return static_cast<Sample>(limited + (limited < 0 ? -0.5F : 0.5F));
}

}  // namespace

void HalfBand::forget(Line& line, std::size_t used) noexcept {
  std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(used), kPast, line.begin());
}

std::size_t HalfBand::up(std::span<const Sample> in, std::span<Sample> out) noexcept {
  std::array<float, kPiece> between{};
  std::size_t written = 0;
  while (!in.empty()) {
    const std::size_t count = std::min(in.size(), kPiece);
    std::ranges::copy(in.first(count), odd_.begin() + kPast);
    filter(odd_.data(), std::span(between).first(count));
    for (std::size_t at = 0; at < count; ++at) {
      out[written++] = to_sample(odd_[at + kPast - kDelay]);
      out[written++] = to_sample(between[at]);
    }
    forget(odd_, count);
    in = in.subspan(count);
  }
  return written;
}

std::size_t HalfBand::down(std::span<const Sample> in, std::span<Sample> out) noexcept {
  std::array<float, kPiece> between{};
  std::size_t written = 0;
  while (!in.empty()) {
    std::size_t pairs = 0;
    while (!in.empty() && pairs < kPiece) {
      const auto sample = static_cast<float>(in.front());
      in = in.subspan(1);
      if (std::exchange(has_half_, !has_half_)) {
        even_[kPast + pairs] = half_;
        odd_[kPast + pairs] = sample;
        ++pairs;
      } else {
        half_ = sample;
      }
    }
    filter(odd_.data(), std::span(between).first(pairs));
    for (std::size_t at = 0; at < pairs; ++at)
      out[written++] = to_sample(0.5F * (even_[at + kPast - kDelay + 1] + between[at]));
    forget(odd_, pairs);
    forget(even_, pairs);
  }
  return written;
}

}  // namespace antiphon

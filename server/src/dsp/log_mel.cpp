#include "dsp/log_mel.h"

#include "dsp/fourier.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kHop = 160;
constexpr std::size_t kEdge = kSpectrumInput / 2;
constexpr double kVarianceFloor = 1e-7;
constexpr float kPowerFloor = 1e-10F;
constexpr double kBinHertz = 40.0;  // 16,000 / 400
constexpr double kTopHertz = 8'000.0;

// Slaney's scale: linear to 1 kHz, logarithmic above.
double hertz_to_mel(double hertz) {
  return hertz < 1'000.0 ? hertz * 3.0 / 200.0
                         : 15.0 + std::log(hertz / 1'000.0) * 27.0 / std::log(6.4);
}

double mel_to_hertz(double mel) {
  return mel < 15.0 ? mel * 200.0 / 3.0 : 1'000.0 * std::exp((mel - 15.0) * std::log(6.4) / 27.0);
}

// A triangle over few bins; the rest of its row is zero.
struct Band {
  std::size_t first = 0;
  std::vector<float> weights;
};

std::array<Band, kMelBands> make_bands() {
  std::array<double, kMelBands + 2> edges{};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edges[i] = mel_to_hertz(hertz_to_mel(kTopHertz) * static_cast<double>(i) /
                            static_cast<double>(kMelBands + 1));
  }
  std::array<Band, kMelBands> bands;
  for (std::size_t band = 0; band < kMelBands; ++band) {
    const double low = edges[band];
    const double centre = edges[band + 1];
    const double high = edges[band + 2];
    for (std::size_t bin = 0; bin < kSpectrumBins; ++bin) {
      const double hertz = static_cast<double>(bin) * kBinHertz;
      const double weight =
          std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
      if (weight <= 0.0) continue;
      if (bands[band].weights.empty()) bands[band].first = bin;
      bands[band].weights.push_back(static_cast<float>(weight * 2.0 / (high - low)));
    }
  }
  return bands;
}

struct Tables {
  Tables() : bands(make_bands()) {
    for (std::size_t i = 0; i < kSpectrumInput; ++i) {
      const double angle =
          2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(kSpectrumInput);
      window[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
    }
  }

  std::array<Band, kMelBands> bands;
  std::array<float, kSpectrumInput> window{};
};

// The last 8 s with zero mean, unit variance and reflected edges of half a window.
std::vector<float> padded_audio(std::span<const Sample> audio) {
  audio = audio.last(std::min(audio.size(), kMelSamples));
  std::vector<float> padded(kMelSamples + 2 * kEdge, 0.0F);
  const auto body = std::span(padded).subspan(kEdge, kMelSamples);
  std::ranges::transform(audio, body.last(audio.size()).begin(),
                         [](Sample sample) { return static_cast<float>(sample) / 32768.0F; });
  const double mean =
      std::accumulate(body.begin(), body.end(), 0.0) / static_cast<double>(kMelSamples);
  double variance = 0.0;
  for (const float value : body)
    variance += (value - mean) * (value - mean);
  variance /= static_cast<double>(kMelSamples);
  const double scale = 1.0 / std::sqrt(variance + kVarianceFloor);
  for (float& value : body)
    value = static_cast<float>((value - mean) * scale);
  for (std::size_t i = 0; i < kEdge; ++i) {
    padded[kEdge - 1 - i] = padded[kEdge + 1 + i];
    padded[kEdge + kMelSamples + i] = padded[kEdge + kMelSamples - 2 - i];
  }
  return padded;
}

}  // namespace

void whisper_features(std::span<const Sample> audio,
                      std::span<float, kMelBands * kMelFrames> features) {
  static const Tables tables;
  const std::vector<float> padded = padded_audio(audio);
  std::array<float, kSpectrumInput> frame{};
  std::array<float, kSpectrumBins> power{};
  float loudest = std::log10(kPowerFloor);
  for (std::size_t at = 0; at < kMelFrames; ++at) {
    for (std::size_t i = 0; i < kSpectrumInput; ++i) {
      frame[i] = padded[at * kHop + i] * tables.window[i];
    }
    power_spectrum(frame, power);
    for (std::size_t band = 0; band < kMelBands; ++band) {
      const Band& triangle = tables.bands[band];
      float energy = 0.0F;
      for (std::size_t i = 0; i < triangle.weights.size(); ++i) {
        energy += triangle.weights[i] * power[triangle.first + i];
      }
      const float level = std::log10(std::max(energy, kPowerFloor));
      features[band * kMelFrames + at] = level;
      loudest = std::max(loudest, level);
    }
  }
  // 80 dB of range, brought to about -1 … 1.
  for (float& value : features)
    value = (std::max(value, loudest - 8.0F) + 4.0F) / 4.0F;
}

}  // namespace antiphon

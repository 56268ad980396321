// Sounds for tests and benches.
#pragma once

#include "core/audio_frame.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace antiphon {

inline std::vector<Sample> tone(double hertz, std::size_t samples, SampleRate rate = kEngineRate,
                                double amplitude = 8'000.0) {
  std::vector<Sample> sound(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double angle =
        2.0 * std::numbers::pi * hertz * static_cast<double>(i) / static_cast<double>(rate.value());
    sound[i] = static_cast<Sample>(std::lround(amplitude * std::sin(angle)));
  }
  return sound;
}

}  // namespace antiphon

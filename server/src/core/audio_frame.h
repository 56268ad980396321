// One frame of the engine: 20 ms of 16 kHz mono, 320 samples of s16. Everything inside runs at this
// rate; transports resample at their edge.
#pragma once

#include "core/clock.h"
#include "core/strong.h"

#include <array>
#include <chrono>
#include <cstdint>

namespace antiphon {

using SampleRate = Strong<struct SampleRateTag, std::uint32_t>;    // per second and channel
using SampleCount = Strong<struct SampleCountTag, std::uint32_t>;  // per channel
using Sample = std::int16_t;

inline constexpr SampleRate kEngineRate{16'000};
inline constexpr std::chrono::milliseconds kFrameDuration{20};
inline constexpr SampleCount kFrameSamples{320};
static_assert(kFrameSamples.value() * 1000 == kEngineRate.value() * kFrameDuration.count());

enum class Origin : std::uint8_t {
  received,   // samples of the other side
  concealed,  // made up where a packet was lost
  silence,    // nothing was due
};

struct AudioFrame {
  std::array<Sample, kFrameSamples.value()> samples{};
  Timepoint captured_at{};
  Origin origin = Origin::silence;
};

}  // namespace antiphon

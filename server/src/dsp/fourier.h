// The power spectrum of 400 real samples, the frame length of Whisper's features.
//
// Output  |X[k]|² for k = 0 … 200.
// Limits  one size; a frame costs about 4 µs. Allocates nothing.
// Thread  any number at once: the tables do not change.
// Source  Cooley and Tukey 1965, mixed radix: 400 real as 200 complex = 8 × 25, each a plain small
//         transform.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace antiphon {

inline constexpr std::size_t kSpectrumInput = 400;
inline constexpr std::size_t kSpectrumBins = 201;

void power_spectrum(std::span<const float, kSpectrumInput> samples,
                    std::span<float, kSpectrumBins> power);

}  // namespace antiphon

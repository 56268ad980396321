// Whisper's log-mel features of the last 8 s, as Smart Turn was trained on.
//
// Input   any length of 16 kHz mono; only the last 8 s count, shorter audio is preceded by silence.
// Output  80 mel bands × 800 frames of 10 ms, band by band.
// Limits  about 5 ms of a core.
// Thread  any number at once.
// Source  Radford et al. 2022; the feature extractor of Hugging Face transformers with
//         do_normalize: zero mean and unit variance, 400-point Hann window, hop 160, reflected
//         edges, Slaney mel scale.
#pragma once

#include "core/audio_frame.h"

#include <cstddef>
#include <span>

namespace antiphon {

inline constexpr std::size_t kMelBands = 80;
inline constexpr std::size_t kMelFrames = 800;
inline constexpr std::size_t kMelSamples = 8 * 16'000;

void whisper_features(std::span<const Sample> audio,
                      std::span<float, kMelBands * kMelFrames> features);

}  // namespace antiphon

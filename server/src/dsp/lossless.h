// Samples without loss in about half the bytes: a fixed predictor and Rice codes, as in Shorten
// (T. Robinson, CUED/F-INFENG/TR.156, 1994). Made for logs, where each block stands for itself.
//
// Limits  kLosslessBlockMax samples a block; one takes at most lossless_max(samples) bytes.
// Errors  decode_lossless: 0 for bytes that are no block; never reads or writes past its spans.
// Thread  any; nothing is allocated.
#pragma once

#include "core/audio_frame.h"

#include <cstddef>
#include <span>

namespace antiphon {

inline constexpr std::size_t kLosslessBlockMax = 4'096;

[[nodiscard]] constexpr std::size_t lossless_max(std::size_t samples) { return 1 + 2 * samples; }

// Bytes written to `out`, which holds lossless_max(samples.size()) or more.
[[nodiscard]] std::size_t encode_lossless(std::span<const Sample> samples,
                                          std::span<std::byte> out) noexcept;
// Fills `samples`, whose number the reader knows; returns the bytes that were the block.
[[nodiscard]] std::size_t decode_lossless(std::span<const std::byte> in,
                                          std::span<Sample> samples) noexcept;

}  // namespace antiphon

// G.711: speech in 8 bits a sample, the two laws of the telephone network.
//
// Input   16-bit linear samples at 8 kHz (the top 14 or 13 bits count), or code octets.
// Output  the other. decode(encode(x)) differs from x by at most half a step of its segment;
//         encode(decode(c)) is c again (µ-law 0x7F, "negative zero", becomes 0xFF).
// Limits  `out` is at least as long as `in`. Allocates nothing.
// Source  ITU-T G.711 (11/1988), tables 1a, 2a; G.191 g711.c for the values between the decision
//         levels.
#pragma once

#include "core/audio_frame.h"

#include <cstdint>
#include <span>

namespace antiphon {

enum class G711Law : std::uint8_t { mu, a };

[[nodiscard]] std::uint8_t g711_encode(Sample sample, G711Law law);
[[nodiscard]] Sample g711_decode(std::uint8_t code, G711Law law);
void g711_encode(std::span<const Sample> in, std::span<std::uint8_t> out, G711Law law);
void g711_decode(std::span<const std::uint8_t> in, std::span<Sample> out, G711Law law);

}  // namespace antiphon

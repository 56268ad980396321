// A recording as a WAV file (RIFF, PCM, 16 kHz, two channels of s16) without there being one: any
// part of it can be made from the samples it needs.
//
// Limits  4 GiB, what RIFF can say: 18 hours.
// Thread  as the reader.
#pragma once

#include "ports/recording_archive.h"

#include <cstdint>
#include <string>

namespace antiphon {

inline constexpr std::uint64_t kWavHeader = 44;
inline constexpr std::uint64_t kWavFrame = 4;  // bytes of one sample of both channels

[[nodiscard]] constexpr std::uint64_t wav_size(std::uint64_t sample_count) {
  return kWavHeader + sample_count * kWavFrame;
}
[[nodiscard]] std::string wav_header(std::uint64_t sample_count);
// `size` bytes from `offset` on, which must be there.
[[nodiscard]] Result<std::string> wav_bytes(RecordingReader& reader, std::uint64_t offset,
                                            std::size_t size);

}  // namespace antiphon

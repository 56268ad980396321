// Recordings as files: reads what people upload, writes what a call sounded like.
//
// Read    WAV, FLAC, OGG (Vorbis, Opus) and MP3; any channels, mixed down; 8 to 48 kHz, resampled
//         to 16 kHz.
// Write   WAV, s16, 16 kHz, stereo: caller left, agent right; the shorter side is padded with
//         silence.
// Limits  one hour; 700 MB, which holds an hour of 48 kHz stereo in 16 or 24 bits.
// Errors  not_found · invalid_argument (empty file) · unsupported (not audio, or a rate outside 8
//         to 48 kHz) · corrupt (it ends before its header says) · too_large · unavailable (cannot
//         write).
// Thread  any; reading an hour takes a second or two, so never on a loop that carries calls.
// Source  libsndfile 1.2.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace antiphon {

inline constexpr std::chrono::hours kAudioFileMax{1};
inline constexpr std::size_t kAudioFileBytesMax = 700'000'000;

[[nodiscard]] Result<std::vector<Sample>> read_audio_file(const std::filesystem::path& file);
[[nodiscard]] Result<std::vector<Sample>> read_audio(std::span<const std::byte> bytes);
[[nodiscard]] Result<> write_call_recording(const std::filesystem::path& file,
                                            std::span<const Sample> caller,
                                            std::span<const Sample> agent);

}  // namespace antiphon

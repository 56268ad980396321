#include "dsp/audio_file.h"

#include "dsp/resampler.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace antiphon {

namespace {

constexpr SampleRate kRateMin{8'000};
constexpr SampleRate kRateMax{48'000};
constexpr std::size_t kPieceFrames = 8'192;
constexpr int kChannelsMax = 8;
constexpr float kFullScale = 32767.0F;

struct FileCloser {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, FileCloser>;

// libsndfile reads through these; the bytes stay where they are.
struct MemoryReader {
  std::span<const std::byte> bytes;
  std::size_t at = 0;
};

sf_count_t reader_length(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryReader*>(user)->bytes.size());
}

sf_count_t reader_seek(sf_count_t offset, int whence, void* user) {
  auto& reader = *static_cast<MemoryReader*>(user);
  const auto size = static_cast<sf_count_t>(reader.bytes.size());
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<sf_count_t>(reader.at)
                                               : size;
  // Far offsets come from hostile headers: clamp before adding.
  const sf_count_t target = base + std::clamp(offset, -base, size - base);
  reader.at = static_cast<std::size_t>(target);
  return target;
}

sf_count_t reader_read(void* out, sf_count_t count, void* user) {
  auto& reader = *static_cast<MemoryReader*>(user);
  if (count <= 0) return 0;
  const std::size_t taken =
      std::min(static_cast<std::size_t>(count), reader.bytes.size() - reader.at);
  std::memcpy(out, reader.bytes.data() + reader.at, taken);
  reader.at += taken;
  return static_cast<sf_count_t>(taken);
}

sf_count_t reader_tell(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryReader*>(user)->at);
}

SF_VIRTUAL_IO memory_io() {
  return {reader_length, reader_seek, reader_read, nullptr, reader_tell};
}

Result<> check_format(const SF_INFO& info) {
  const int kind = info.format & SF_FORMAT_TYPEMASK;
  static constexpr std::array kKinds{SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_FLAC,
                                     SF_FORMAT_OGG, SF_FORMAT_MPEG,  SF_FORMAT_RF64};
  if (std::ranges::count(kKinds, kind) == 0) {
    return failure(ErrorCode::unsupported, "only WAV, FLAC, OGG and MP3 files are read");
  }
  const auto rate = static_cast<std::int64_t>(info.samplerate);
  if (rate < kRateMin.value() || rate > kRateMax.value()) {
    return failure(ErrorCode::unsupported, "the file has " + std::to_string(rate) +
                                               " samples a second; 8,000 to 48,000 are read");
  }
  if (info.channels < 1 || info.channels > kChannelsMax) {
    return failure(ErrorCode::unsupported, "the file has more than 8 channels");
  }
  return Result<>{};
}

Error too_long() { return Error{ErrorCode::too_large, "the recording is longer than one hour"}; }

Error no_sound() { return Error{ErrorCode::invalid_argument, "the file holds no sound"}; }

// A WAV file states the size of its samples; a recorder that died leaves 0 or 0xFFFFFFFF there, an
// upload that broke off leaves more than there is. libsndfile takes what it finds, so the header is
// asked here.
bool wav_is_cut_short(std::span<const std::byte> bytes) {
  const auto tag = [&bytes](std::size_t at, const char* text) {
    return at + 4 <= bytes.size() && std::memcmp(bytes.data() + at, text, 4) == 0;
  };
  const auto number = [&bytes](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return std::size_t{value};
  };
  if (!tag(0, "RIFF") || !tag(8, "WAVE")) return false;
  std::size_t at = 12;
  while (at + 8 <= bytes.size()) {
    const std::size_t size = number(at + 4);
    if (tag(at, "data")) return size > bytes.size() - at - 8;
    at += 8 + size + size % 2;
  }
  return false;
}

Sample mixed(std::span<const float> frame) {
  float sum = 0.0F;
  for (const float channel : frame)
    sum += std::isfinite(channel) ? channel : 0.0F;
  sum /= static_cast<float>(frame.size());
  return static_cast<Sample>(std::lround(std::clamp(sum, -1.0F, 1.0F) * kFullScale));
}

Result<std::vector<Sample>> read_all(SNDFILE* file, const SF_INFO& info) {
  const auto channels = static_cast<std::size_t>(info.channels);
  const auto frames_max = static_cast<std::size_t>(info.samplerate) *
                          static_cast<std::size_t>(std::chrono::seconds(kAudioFileMax).count());
  if (info.frames > 0 && static_cast<std::size_t>(info.frames) > frames_max &&
      info.frames != SF_COUNT_MAX) {
    return std::unexpected(too_long());
  }
  std::vector<float> piece(kPieceFrames * channels);
  std::vector<Sample> mono;
  while (true) {
    const sf_count_t read = sf_readf_float(file, piece.data(), kPieceFrames);
    if (read <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(read); ++i) {
      mono.push_back(mixed(std::span(piece).subspan(i * channels, channels)));
    }
    if (mono.size() > frames_max) return std::unexpected(too_long());
  }
  if (sf_error(file) != SF_ERR_NO_ERROR) {
    return failure(ErrorCode::corrupt, "the audio cannot be decoded to its end");
  }
  if (info.frames > 0 && info.frames != SF_COUNT_MAX &&
      mono.size() < static_cast<std::size_t>(info.frames)) {
    return failure(ErrorCode::corrupt, "the file ends before its header says");
  }
  if (mono.empty()) return std::unexpected(no_sound());
  return mono;
}

}  // namespace

Result<std::vector<Sample>> read_audio(std::span<const std::byte> bytes) {
  if (bytes.empty()) return failure(ErrorCode::invalid_argument, "the file is empty");
  if (bytes.size() > kAudioFileBytesMax) {
    return failure(ErrorCode::too_large, "the file is larger than 700 MB");
  }
  if (wav_is_cut_short(bytes)) {
    return failure(ErrorCode::corrupt, "the file ends before its header says");
  }
  MemoryReader reader{bytes};
  SF_VIRTUAL_IO io = memory_io();
  SF_INFO info{};
  const SoundFile file(sf_open_virtual(&io, SFM_READ, &info, &reader));
  if (!file) {
    return failure(ErrorCode::unsupported, "the file is no WAV, FLAC, OGG or MP3 audio");
  }
  auto checked = check_format(info);
  if (!checked) return std::unexpected(std::move(checked.error()));
  auto mono = read_all(file.get(), info);
  if (!mono) return mono;
  auto audio =
      resample(*mono, SampleRate(static_cast<std::uint32_t>(info.samplerate)), kEngineRate);
  // Two samples at 48 kHz are less than one of ours.
  if (audio && audio->empty()) return std::unexpected(no_sound());
  return audio;
}

Result<std::vector<Sample>> read_audio_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return failure(ErrorCode::not_found, "there is no audio file at that path");
  if (size > kAudioFileBytesMax) {
    return failure(ErrorCode::too_large, "the file is larger than 700 MB");
  }
  std::vector<std::byte> bytes(size);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           &std::fclose);
  if (!in || std::fread(bytes.data(), 1, bytes.size(), in.get()) != bytes.size()) {
    return failure(ErrorCode::unavailable, "the audio file cannot be read");
  }
  return read_audio(bytes);
}

Result<> write_call_recording(const std::filesystem::path& file, std::span<const Sample> caller,
                              std::span<const Sample> agent) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(kEngineRate.value());
  info.channels = 2;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SoundFile out(sf_open(file.c_str(), SFM_WRITE, &info));
  if (!out) return failure(ErrorCode::unavailable, "the recording's file cannot be made");
  const std::size_t frames = std::max(caller.size(), agent.size());
  std::vector<Sample> piece;
  for (std::size_t done = 0; done < frames; done += kPieceFrames) {
    const std::size_t count = std::min(kPieceFrames, frames - done);
    piece.assign(count * 2, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (done + i < caller.size()) piece[i * 2] = caller[done + i];
      if (done + i < agent.size()) piece[i * 2 + 1] = agent[done + i];
    }
    const auto wanted = static_cast<sf_count_t>(count);
    if (sf_writef_short(out.get(), piece.data(), wanted) != wanted) {
      return failure(ErrorCode::unavailable, "the recording cannot be written: is the disk full?");
    }
  }
  // The header gets its sizes here.
  if (sf_close(out.release()) != 0) {
    return failure(ErrorCode::unavailable, "the recording cannot be written: is the disk full?");
  }
  return Result<>{};
}

}  // namespace antiphon

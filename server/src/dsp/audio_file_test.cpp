#include "dsp/audio_file.h"

#include "dsp/level.h"
#include "dsp/test_tone.h"
#include "testing/run.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace antiphon {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

// A second of a tone in a format of libsndfile.
std::filesystem::path write_tone(const std::filesystem::path& file, int format, int rate,
                                 int channels) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* const out = sf_open(file.c_str(), SFM_WRITE, &info);
  sf_command(out, SFC_SET_SCALE_INT_FLOAT_WRITE, nullptr, SF_TRUE);
  const auto mono =
      tone(440.0, static_cast<std::size_t>(rate), SampleRate(static_cast<std::uint32_t>(rate)));
  std::vector<Sample> frames;
  for (const Sample sample : mono) {
    frames.insert(frames.end(), static_cast<std::size_t>(channels), sample);
  }
  sf_writef_short(out, frames.data(), rate);
  sf_close(out);
  return file;
}

ErrorCode refusal_of(const Bytes& bytes) {
  const auto audio = read_audio(bytes);
  return audio ? ErrorCode::internal : audio.error().code;
}

// 44 bytes of a canonical header, then the samples that are really there.
Bytes wav(std::uint32_t rate, std::uint32_t stated_bytes, std::size_t real_bytes) {
  Bytes bytes(44 + real_bytes);
  const auto text = [&bytes](std::size_t at, const char* tag) {
    std::memcpy(bytes.data() + at, tag, 4);
  };
  const auto number = [&bytes](std::size_t at, std::uint32_t value, std::size_t size) {
    std::memcpy(bytes.data() + at, &value, size);
  };
  text(0, "RIFF");
  number(4, stated_bytes + 36, 4);
  text(8, "WAVE");
  text(12, "fmt ");
  number(16, 16, 4);
  number(20, 1, 2);
  number(22, 1, 2);
  number(24, rate, 4);
  number(28, rate * 2, 4);
  number(32, 2, 2);
  number(34, 16, 2);
  text(36, "data");
  number(40, stated_bytes, 4);
  return bytes;
}

TEST(AudioFile, ReadsEveryFormatRateAndChannelCountItPromises) {
  const TemporaryFolder folder;
  struct Case {
    const char* name;
    int format;
    int rate;
    int channels;
  };
  for (const Case each : {Case{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8'000, 1},
                          {"b.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8'000, 1},
                          {"c.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48'000, 2},
                          {"d.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 22'050, 1},
                          {"e.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44'100, 2},
                          {"f.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 16'000, 1},
                          {"g.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48'000, 1},
                          {"h.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44'100, 1}}) {
    const auto file = write_tone(folder.path() / each.name, each.format, each.rate, each.channels);
    const auto audio = read_audio_file(file);
    ASSERT_TRUE(audio.has_value()) << each.name << ": " << audio.error().message;
    EXPECT_NEAR(static_cast<double>(audio->size()), 16'000.0, 1'200.0) << each.name;
    EXPECT_NEAR(level_of(*audio).value(), -15.3F, 0.6F) << each.name;
  }
}

TEST(AudioFile, RefusesWhatIsNotAudioWithTheReason) {
  const std::string text = "<html>this is a page, not a song</html>";
  EXPECT_EQ(refusal_of({reinterpret_cast<const std::byte*>(text.data()),
                        reinterpret_cast<const std::byte*>(text.data()) + text.size()}),
            ErrorCode::unsupported);
  EXPECT_EQ(refusal_of({}), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal_of(wav(16'000, 0, 0)), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal_of(wav(48'000, 4, 4)), ErrorCode::invalid_argument);
  const auto missing = read_audio_file("no/such/file.wav");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST(AudioFile, RefusesAHeaderThatLiesAboutItsLength) {
  EXPECT_EQ(refusal_of(wav(16'000, 32'000, 16'000)), ErrorCode::corrupt);
  EXPECT_EQ(refusal_of(wav(16'000, 0xFFFFFFFF, 16'000)), ErrorCode::corrupt);
  EXPECT_TRUE(read_audio(wav(16'000, 32'000, 32'000)).has_value());
}

TEST(AudioFile, RefusesACompressedFileThatBreaksOff) {
  const TemporaryFolder folder;
  Bytes flac =
      bytes_of(write_tone(folder.path() / "a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16'000, 1));
  flac.resize(flac.size() / 2);
  EXPECT_EQ(refusal_of(flac), ErrorCode::corrupt);
}

TEST(AudioFile, RefusesRatesThatAreNotSpeechAndMoreThanAnHour) {
  EXPECT_EQ(refusal_of(wav(4'000, 8'000, 8'000)), ErrorCode::unsupported);
  EXPECT_EQ(refusal_of(wav(96'000, 8'000, 8'000)), ErrorCode::unsupported);
  const std::size_t bytes = std::size_t{8'000} * 2 * 3'601;
  EXPECT_EQ(refusal_of(wav(8'000, static_cast<std::uint32_t>(bytes), bytes)), ErrorCode::too_large);
}

TEST(AudioFile, WritesTheCallerLeftAndTheAgentRight) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "call.wav";
  const auto caller = tone(440.0, 20'000);
  const auto agent = tone(880.0, 8'000, kEngineRate, 4'000.0);
  ASSERT_TRUE(write_call_recording(file, caller, agent).has_value());
  SF_INFO info{};
  SNDFILE* const in = sf_open(file.c_str(), SFM_READ, &info);
  ASSERT_NE(in, nullptr);
  std::vector<Sample> frames(40'000);
  EXPECT_EQ(sf_readf_short(in, frames.data(), 20'000), 20'000);
  sf_close(in);
  EXPECT_EQ(info.channels, 2);
  EXPECT_EQ(info.samplerate, 16'000);
  for (std::size_t i = 0; i < 20'000; ++i) {
    ASSERT_EQ(frames[2 * i], caller[i]);
    ASSERT_EQ(frames[2 * i + 1], i < agent.size() ? agent[i] : 0);
  }
}

TEST(AudioFile, SaysSoWhenARecordingCannotBeWritten) {
  const auto written = write_call_recording("/dev/full", tone(440.0, 160'000), {});
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace antiphon

#include "providers/piper/piper_voice.h"

#include "core/utf8.h"
#include "dsp/level.h"
#include "dsp/resampler.h"
#include "providers/onnx_session.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kBlock = 80;  // 5 ms
constexpr Decibels kSpeechLevel{-48.0F};
constexpr std::size_t kLeadMax = 320;    // 20 ms
constexpr std::size_t kTrailMax = 1920;  // 120 ms
constexpr char32_t kPad = U'_';
constexpr char32_t kBegin = U'^';
constexpr char32_t kEnd = U'$';
constexpr float kFullScale = 32767.0F;

using PhonemeIds = std::map<char32_t, std::int64_t>;

char32_t first_code_point(std::string_view text) {
  const std::size_t length = utf8_sequence_length(text);
  const auto lead = static_cast<unsigned char>(text.front());
  char32_t value = length <= 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return value;
}

// Lines of "<character> <number>"; the character may be the space itself.
Result<PhonemeIds> read_phoneme_ids(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return failure(ErrorCode::not_found, "the voice's tokens.txt is missing");
  PhonemeIds ids;
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t space = line.find_last_of(' ');
    std::int64_t id = -1;
    const bool has_shape = space != std::string::npos && space > 0;
    if (has_shape) std::from_chars(line.data() + space + 1, line.data() + line.size(), id);
    if (id < 0) return failure(ErrorCode::corrupt, "the voice's tokens.txt is not a Piper table");
    ids.emplace(first_code_point(line), id);
  }
  if (!ids.contains(kPad) || !ids.contains(kBegin) || !ids.contains(kEnd)) {
    return failure(ErrorCode::corrupt, "the voice's tokens.txt is not a Piper table");
  }
  return ids;
}

std::vector<Sample> to_samples(const std::vector<float>& audio) {
  std::vector<Sample> samples(audio.size());
  std::ranges::transform(audio, samples.begin(), [](float value) {
    return static_cast<Sample>(std::lround(std::clamp(value, -1.0F, 1.0F) * kFullScale));
  });
  return samples;
}

std::vector<Sample> without_silence(const std::vector<Sample>& samples) {
  std::size_t first = samples.size();
  std::size_t last = 0;
  for (std::size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
    if (level_of(std::span(samples).subspan(at, kBlock)) < kSpeechLevel) continue;
    first = std::min(first, at);
    last = at + kBlock;
  }
  if (first >= last) return {};
  const std::size_t begin = first - std::min(first, kLeadMax);
  const std::size_t end = std::min(samples.size(), last + kTrailMax);
  return {samples.begin() + static_cast<std::ptrdiff_t>(begin),
          samples.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

struct PiperVoice::Impl {
  OnnxSession session;
  PhonemeIds ids;
  SampleRate rate;
  Options options;
};

PiperVoice::PiperVoice(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PiperVoice::~PiperVoice() = default;

Result<std::shared_ptr<const PiperVoice>> PiperVoice::open(const std::filesystem::path& folder,
                                                           Options options) {
  auto session = OnnxSession::open(folder / "voice.onnx", {.threads = options.threads});
  if (!session) return std::unexpected(std::move(session.error()));
  auto ids = read_phoneme_ids(folder / "tokens.txt");
  if (!ids) return std::unexpected(std::move(ids.error()));
  const std::string written = session->metadata("sample_rate");
  std::uint32_t rate = 0;
  std::from_chars(written.data(), written.data() + written.size(), rate);
  if (session->metadata("comment") != "piper" || rate < 8'000 || rate > 48'000) {
    return failure(ErrorCode::corrupt, "the model voice.onnx is no prepared Piper voice");
  }
  return std::shared_ptr<const PiperVoice>(new PiperVoice(std::make_unique<Impl>(
      Impl{std::move(*session), std::move(*ids), SampleRate(rate), options})));
}

Result<std::vector<Sample>> PiperVoice::speak(std::u32string_view phonemes, double speed) const {
  const PhonemeIds& ids = impl_->ids;
  std::vector<std::int64_t> input{ids.at(kBegin), ids.at(kPad)};
  for (const char32_t phoneme : phonemes) {
    const auto found = ids.find(phoneme);
    if (found == ids.end()) continue;
    input.push_back(found->second);
    input.push_back(ids.at(kPad));
  }
  if (input.size() == 2) return std::vector<Sample>{};
  input.push_back(ids.at(kEnd));
  const auto length = static_cast<std::int64_t>(input.size());
  auto binding = impl_->session.bind({{"input", {1, length}, OnnxType::int64},
                                      {"input_lengths", {1}, OnnxType::int64},
                                      {"scales", {3}}},
                                     {});
  if (!binding) return std::unexpected(std::move(binding.error()));
  std::ranges::copy(input, binding->integers("input").begin());
  binding->integers("input_lengths")[0] = length;
  const auto scales = binding->floats("scales");
  scales[0] = impl_->options.variation;
  scales[1] = static_cast<float>(1.0 / std::clamp(speed, 0.5, 2.0));
  scales[2] = impl_->options.rhythm_variation;
  auto audio = binding->run_for("output");
  if (!audio) return std::unexpected(std::move(audio.error()));
  auto samples = resample(to_samples(*audio), impl_->rate, kEngineRate);
  if (!samples) return std::unexpected(std::move(samples.error()));
  return without_silence(*samples);
}

}  // namespace antiphon

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
#include <span>
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
    if (std::isnan(value)) return Sample{0};
    return static_cast<Sample>(std::lround(std::clamp(value, -1.0F, 1.0F) * kFullScale));
  });
  return samples;
}

// What of the samples is speech, with a little silence around it; empty when all is silence.
SampleRange speech_in(std::span<const Sample> samples) {
  std::size_t first = samples.size();
  std::size_t last = 0;
  for (std::size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
    if (level_of(samples.subspan(at, kBlock)) < kSpeechLevel) continue;
    first = std::min(first, at);
    last = at + kBlock;
  }
  if (first >= last) return {};
  return {first - std::min(first, kLeadMax), std::min(samples.size(), last + kTrailMax)};
}

// The ids a voice was trained to read: padding between all phonemes, and what the position of each
// phoneme's id is.
struct Input {
  std::vector<std::int64_t> ids;
  std::vector<std::size_t> positions;
};

Input input_of(std::u32string_view phonemes, const PhonemeIds& ids) {
  Input input{.ids = {ids.at(kBegin), ids.at(kPad)}, .positions = {}};
  for (const char32_t phoneme : phonemes) {
    input.positions.push_back(input.ids.size());
    const auto found = ids.find(phoneme);
    if (found == ids.end()) continue;
    input.ids.push_back(found->second);
    input.ids.push_back(ids.at(kPad));
  }
  input.positions.push_back(input.ids.size());
  input.ids.push_back(ids.at(kEnd));
  return input;
}

// Each phoneme with the padding behind it, in samples of the engine's rate from `kept.begin` on.
// Empty when the durations do not belong to this input.
std::vector<SampleRange> ranges_of(const Input& input, const std::vector<float>& durations,
                                   std::size_t samples, SampleRange kept) {
  if (durations.size() != input.ids.size()) return {};
  std::vector<double> ends{0.0};
  for (const float frames : durations) {
    if (!(frames >= 0.0F)) return {};
    ends.push_back(ends.back() + static_cast<double>(frames));
  }
  if (ends.back() <= 0.0) return {};
  const double each = static_cast<double>(samples) / ends.back();
  const auto place = [&](std::size_t id) {
    const auto at = static_cast<std::size_t>(std::llround(ends[id] * each));
    return std::clamp(at, kept.begin, kept.end) - kept.begin;
  };
  std::vector<SampleRange> ranges;
  for (std::size_t at = 0; at + 1 < input.positions.size(); ++at)
    ranges.push_back({place(input.positions[at]), place(input.positions[at + 1])});
  return ranges;
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
  auto session = OnnxSession::open(
      folder / "voice.onnx",
      // VITS rounds each phoneme's duration up to whole frames: the only Ceil of its graph.
      {.threads = options.threads, .reveal = options.durations ? "Ceil" : ""});
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
  auto speech = speak_timed(phonemes, speed);
  if (!speech) return std::unexpected(std::move(speech.error()));
  return std::move(speech->samples);
}

Result<PiperSpeech> PiperVoice::speak_timed(std::u32string_view phonemes, double speed) const {
  const Input input = input_of(phonemes, impl_->ids);
  if (input.ids.size() == 3) return PiperSpeech{};
  const auto length = static_cast<std::int64_t>(input.ids.size());
  auto binding = impl_->session.bind({{"input", {1, length}, OnnxType::int64},
                                      {"input_lengths", {1}, OnnxType::int64},
                                      {"scales", {3}}},
                                     {});
  if (!binding) return std::unexpected(std::move(binding.error()));
  std::ranges::copy(input.ids, binding->integers("input").begin());
  binding->integers("input_lengths")[0] = length;
  const auto scales = binding->floats("scales");
  scales[0] = impl_->options.variation;
  scales[1] = static_cast<float>(1.0 / std::clamp(speed, 0.5, 2.0));
  scales[2] = impl_->options.rhythm_variation;
  std::vector<const char*> wanted{"output"};
  if (knows_durations()) wanted.push_back(impl_->session.revealed().c_str());
  auto made = binding->run_for(wanted);
  if (!made) return std::unexpected(std::move(made.error()));
  auto samples = resample(to_samples(made->front()), impl_->rate, kEngineRate);
  if (!samples) return std::unexpected(std::move(samples.error()));
  const SampleRange kept = speech_in(*samples);
  PiperSpeech speech;
  if (made->size() == 2) speech.phonemes = ranges_of(input, made->back(), samples->size(), kept);
  speech.samples.assign(samples->begin() + static_cast<std::ptrdiff_t>(kept.begin),
                        samples->begin() + static_cast<std::ptrdiff_t>(kept.end));
  return speech;
}

bool PiperVoice::knows_durations() const { return !impl_->session.revealed().empty(); }

}  // namespace antiphon

#include "providers/moonshine/moonshine_model.h"

#include "providers/moonshine/utterance_audio.h"

#include <sherpa-onnx/c-api/c-api.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kPieceMax = 16 * 16'000;
constexpr std::size_t kPieceMin = 8 * 16'000;
// The encoder's convolutions need about 60 ms; half a second of it keeps the model from guessing.
constexpr std::size_t kInputMin = 8'000;
constexpr float kFullScale = 32768.0F;
constexpr std::size_t kRepeatsMax = 5;
constexpr std::size_t kLoopWordsMax = 6;

template <class Handle, auto Destroy>
struct Deleter {
  void operator()(const Handle* handle) const { Destroy(handle); }
};
template <class Handle, auto Destroy>
using Owned = std::unique_ptr<const Handle, Deleter<Handle, Destroy>>;

using Recognizer = Owned<SherpaOnnxOfflineRecognizer, SherpaOnnxDestroyOfflineRecognizer>;
using Stream = Owned<SherpaOnnxOfflineStream, SherpaOnnxDestroyOfflineStream>;
using Outcome = Owned<SherpaOnnxOfflineRecognizerResult, SherpaOnnxDestroyOfflineRecognizerResult>;

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// Length of the run of `size` words that starts at `at` and is said again and again.
std::size_t repeats_of(const std::vector<std::string_view>& words, std::size_t at,
                       std::size_t size) {
  std::size_t count = 1;
  while (at + (count + 1) * size <= words.size() &&
         std::equal(words.begin() + static_cast<std::ptrdiff_t>(at),
                    words.begin() + static_cast<std::ptrdiff_t>(at + size),
                    words.begin() + static_cast<std::ptrdiff_t>(at + count * size))) {
    ++count;
  }
  return count;
}

}  // namespace

std::string clean_transcript(std::string_view text) {
  const auto words = split_words(text);
  std::string clean;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!clean.empty()) clean += ' ';
    clean += words[at];
    for (std::size_t size = 1; size <= kLoopWordsMax && at + 1 >= size; ++size) {
      const std::size_t first = at + 1 - size;
      const std::size_t count = repeats_of(words, first, size);
      // "No, no, no" and a telephone number's "nine nine nine nine" are speech.
      if (count > kRepeatsMax) {
        at += (count - 1) * size;
        break;
      }
    }
  }
  return clean;
}

struct MoonshineModel::Impl {
  Recognizer recognizer;
};

MoonshineModel::MoonshineModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MoonshineModel::~MoonshineModel() = default;

Result<std::shared_ptr<const MoonshineModel>> MoonshineModel::open(
    const std::filesystem::path& folder, Options options) {
  std::error_code ignored;
  for (const char* file : {"encoder_model.ort", "decoder_model_merged.ort", "tokens.txt"}) {
    if (!std::filesystem::is_regular_file(folder / file, ignored)) {
      return failure(ErrorCode::not_found, std::string("the model moonshine/") + file +
                                               " is missing: run tools/fetch-models");
    }
  }
  const std::string encoder = folder / "encoder_model.ort";
  const std::string decoder = folder / "decoder_model_merged.ort";
  const std::string tokens = folder / "tokens.txt";
  SherpaOnnxOfflineRecognizerConfig config{};
  config.feat_config.sample_rate = static_cast<int>(kEngineRate.value());
  config.feat_config.feature_dim = 80;
  config.model_config.moonshine.encoder = encoder.c_str();
  config.model_config.moonshine.merged_decoder = decoder.c_str();
  config.model_config.tokens = tokens.c_str();
  config.model_config.num_threads = options.threads;
  config.model_config.provider = "cpu";
  config.decoding_method = "greedy_search";
  Recognizer recognizer(SherpaOnnxCreateOfflineRecognizer(&config));
  if (!recognizer) return failure(ErrorCode::corrupt, "the model moonshine does not load");
  return std::shared_ptr<const MoonshineModel>(
      new MoonshineModel(std::make_unique<Impl>(std::move(recognizer))));
}

std::string MoonshineModel::transcribe(std::span<const Sample> samples) const {
  std::string text;
  while (!samples.empty()) {
    const std::size_t count = samples.size() <= kPieceMax
                                  ? samples.size()
                                  : quietest_point(samples, kPieceMin, kPieceMax);
    const std::string piece = decode(samples.first(count));
    if (!text.empty() && !piece.empty()) text += ' ';
    text += piece;
    samples = samples.subspan(count);
  }
  return text;
}

std::string MoonshineModel::decode(std::span<const Sample> samples) const {
  std::vector<float> input(std::max(samples.size(), kInputMin));
  std::ranges::transform(samples, input.begin(),
                         [](Sample sample) { return static_cast<float>(sample) / kFullScale; });
  const Stream stream(SherpaOnnxCreateOfflineStream(impl_->recognizer.get()));
  if (!stream) return {};
  SherpaOnnxAcceptWaveformOffline(stream.get(), static_cast<int>(kEngineRate.value()), input.data(),
                                  static_cast<int>(input.size()));
  SherpaOnnxDecodeOfflineStream(impl_->recognizer.get(), stream.get());
  const Outcome outcome(SherpaOnnxGetOfflineStreamResult(stream.get()));
  if (!outcome || outcome->text == nullptr) return {};
  return clean_transcript(outcome->text);
}

}  // namespace antiphon

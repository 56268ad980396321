// What each embedded model costs. CPU columns are of one core: sessions run on one thread.
#include "core/system_clock.h"
#include "dsp/audio_file.h"
#include "dsp/log_mel.h"
#include "providers/minilm/minilm_model.h"
#include "providers/model_files.h"
#include "providers/moonshine/moonshine_model.h"
#include "providers/onnx_session.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_voice.h"
#include "providers/silero/silero_detector.h"
#include "testing/run.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace antiphon {
namespace {

constexpr std::string_view kSentence = "We are open from nine to five, Monday to Friday.";

double seconds_of(std::size_t samples) { return static_cast<double>(samples) / 16'000.0; }

// 7.1 s of real speech.
const std::vector<Sample>& clip() {
  static const auto samples = *read_audio_file(
      "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0870.wav");
  return samples;
}

double resident_megabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0.0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes / 1024.0;
  }
  return 0.0;
}

void silero_window(benchmark::State& state) {
  Metrics metrics;
  const auto detector = *SileroDetector::open(models_folder() / "silero_vad.onnx", metrics);
  const auto calls = static_cast<std::size_t>(state.range(0));
  std::vector<VoiceActivityDetector::Input> inputs(calls);
  for (std::size_t call = 0; call < calls; ++call) {
    std::copy_n(clip().begin() + static_cast<std::ptrdiff_t>(call * 512), 512,
                inputs[call].samples.begin());
  }
  std::vector<VoiceActivityDetector::State> states(calls);
  std::vector<float> probabilities(calls);
  for (auto step : state)
    detector->process(inputs, states, probabilities);
  state.counters["per_call"] =
      benchmark::Counter(static_cast<double>(calls), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
}
BENCHMARK(silero_window)->Arg(1)->Arg(8)->Arg(32)->Unit(benchmark::kMicrosecond);

// The first seconds of the clip, as a partial or a final decodes them.
void moonshine_decode(benchmark::State& state) {
  const auto model = *MoonshineModel::open(models_folder() / "moonshine", {});
  const auto audio = std::span(clip()).first(
      std::min<std::size_t>(static_cast<std::size_t>(state.range(0)) * 16, clip().size()));
  for (auto step : state)
    benchmark::DoNotOptimize(model->transcribe(audio));
  state.counters["real_time_factor"] =
      benchmark::Counter(seconds_of(audio.size()), benchmark::Counter::kIsIterationInvariantRate |
                                                       benchmark::Counter::kInvert);
}
BENCHMARK(moonshine_decode)
    ->Arg(1'000)
    ->Arg(2'000)
    ->Arg(4'000)
    ->Arg(7'100)
    ->Unit(benchmark::kMillisecond);

void piper_sentence(benchmark::State& state) {
  const auto voice = *PiperVoice::open(models_folder() / "joe", {});
  const auto phonemes = phonemes_of(kSentence);
  std::size_t samples = 0;
  for (auto step : state)
    samples += voice->speak(phonemes, 1.0)->size();
  state.counters["real_time_factor"] = benchmark::Counter(
      seconds_of(samples), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(piper_sentence)->Unit(benchmark::kMillisecond);

void flite_phonemes(benchmark::State& state) {
  for (auto step : state)
    benchmark::DoNotOptimize(phonemes_of(kSentence));
}
BENCHMARK(flite_phonemes)->Unit(benchmark::kMicrosecond);

void smart_turn(benchmark::State& state) {
  const auto session = *OnnxSession::open(models_folder() / "smart-turn-v3.2-cpu.onnx", {});
  auto binding =
      *session.bind({{"input_features", {1, kMelBands, kMelFrames}}}, {{"logits", {1, 1}}});
  for (auto step : state) {
    whisper_features(clip(), binding.floats("input_features").first<kMelBands * kMelFrames>());
    benchmark::DoNotOptimize(binding.run().has_value());
  }
}
BENCHMARK(smart_turn)->Unit(benchmark::kMillisecond);

void minilm_question(benchmark::State& state) {
  SystemClock clock;
  Metrics metrics;
  InferencePool pool(clock, metrics, {.threads = 1});
  const auto model = *MiniLmModel::open(models_folder() / "minilm", pool);
  boost::asio::io_context loop;
  for (auto step : state) {
    benchmark::DoNotOptimize(run(loop, model->embed({"What time do you open on Saturday?"})));
  }
}
BENCHMARK(minilm_question)->Unit(benchmark::kMillisecond)->UseRealTime();

// Everything a server loads, verified first: seconds, and the memory it keeps.
void load_all_models(benchmark::State& state) {
  const TemporaryFolder folder;
  SystemClock clock;
  Metrics metrics;
  InferencePool pool(clock, metrics, {.threads = 1});
  double megabytes = 0.0;
  for (auto step : state) {
    auto files = *ModelFiles::open(models_folder(), folder.path() / "stamp");
    if (!files.verify()) state.SkipWithError("the models are not whole");
    const auto vad = SileroDetector::open(models_folder() / "silero_vad.onnx", metrics);
    const auto stt = MoonshineModel::open(models_folder() / "moonshine", {});
    const auto tts = PiperVoice::open(models_folder() / "joe", {});
    const auto turn = OnnxSession::open(models_folder() / "smart-turn-v3.2-cpu.onnx", {});
    const auto embedding = MiniLmModel::open(models_folder() / "minilm", pool);
    benchmark::DoNotOptimize((*stt)->transcribe(clip()));
    benchmark::DoNotOptimize((*tts)->speak(phonemes_of(kSentence), 1.0));
    megabytes = resident_megabytes();
  }
  state.counters["resident_MB"] = megabytes;
}
BENCHMARK(load_all_models)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace antiphon

#include "providers/silero/silero_detector.h"

#include "dsp/audio_file.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace antiphon {
namespace {

using Input = VoiceActivityDetector::Input;
using State = VoiceActivityDetector::State;
constexpr std::size_t kWindow = VoiceActivityDetector::kWindowSamples;

class SileroTest : public testing::Test {
 protected:
  SileroTest() : detector_(*SileroDetector::open(models_folder() / "silero_vad.onnx", metrics_)) {}

  // Probabilities of a whole recording.
  std::vector<float> judge(const std::vector<Sample>& audio) {
    State state;
    std::vector<float> all;
    for (std::size_t at = 0; at + kWindow <= audio.size(); at += kWindow) {
      Input input;
      std::copy_n(audio.begin() + static_cast<std::ptrdiff_t>(at), kWindow, input.samples.begin());
      all.push_back(judge(input, state));
    }
    return all;
  }

  float judge(const Input& input, State& state) {
    float probability = 0.0F;
    detector_->process({&input, 1}, {&state, 1}, {&probability, 1});
    return probability;
  }

  Metrics metrics_;
  std::unique_ptr<SileroDetector> detector_;
};

std::vector<Sample> speech() {
  return *read_audio_file(
      "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0870.wav");
}

std::vector<Sample> noise(std::size_t samples) {
  std::vector<Sample> sound(samples);
  std::uint32_t state = 1;
  for (Sample& sample : sound) {
    state = state * 1'664'525 + 1'013'904'223;
    sample = static_cast<Sample>(static_cast<int>(state >> 21) - 1'024);
  }
  return sound;
}

Input window_of(const std::vector<Sample>& audio, std::size_t index) {
  Input input;
  std::copy_n(audio.begin() + static_cast<std::ptrdiff_t>(index * kWindow), kWindow,
              input.samples.begin());
  return input;
}

TEST_F(SileroTest, HearsSpeechButNeitherSilenceNorNoise) {
  const auto spoken = judge(speech());
  const auto heard = std::ranges::count_if(spoken, [](float value) { return value > 0.5F; });
  EXPECT_GT(static_cast<double>(heard), 0.7 * static_cast<double>(spoken.size()));
  for (const float value : judge(std::vector<Sample>(32'000, Sample{0})))
    EXPECT_LT(value, 0.2F);
  const auto hiss = judge(noise(64'000));
  const auto wrong = std::ranges::count_if(hiss, [](float value) { return value > 0.5F; });
  EXPECT_LE(wrong, 2);
}

TEST_F(SileroTest, ABatchOfAnySizeEqualsSingleRuns) {
  const auto audio = speech();
  for (const std::size_t size : {2UL, 8UL, 9UL, 33UL, 64UL, 70UL}) {
    std::vector<State> alone(size);
    std::vector<State> together(size);
    for (std::size_t step = 0; step < 3; ++step) {
      std::vector<Input> inputs;
      std::vector<float> expected;
      for (std::size_t call = 0; call < size; ++call) {
        inputs.push_back(window_of(audio, call + step * 20));
        expected.push_back(judge(inputs.back(), alone[call]));
      }
      std::vector<float> got(size);
      detector_->process(inputs, together, got);
      for (std::size_t call = 0; call < size; ++call) {
        EXPECT_NEAR(got[call], expected[call], 1e-4F) << size << " at " << step;
        EXPECT_EQ(together[call].context, alone[call].context);
      }
    }
  }
}

TEST_F(SileroTest, OneCallsStateDoesNotReachAnothers) {
  const auto audio = speech();
  const auto alone = judge(audio);
  State caller;
  State silent;
  for (std::size_t window = 0; window < 40; ++window) {
    std::array inputs{window_of(audio, window), Input{}};
    std::array states{caller, silent};
    std::array<float, 2> got{};
    detector_->process(inputs, states, got);
    caller = states[0];
    silent = states[1];
    EXPECT_NEAR(got[0], alone[window], 1e-4F);
    EXPECT_LT(got[1], 0.2F);
  }
}

// A sentence of vowels and hums, as over a telephone: after what another sentence left in the model
// it was not heard at all.
TEST_F(SileroTest, HearsTheNextSentenceAsItHeardTheFirst) {
  const auto sentence =
      *read_audio_file(repository_root() / "tests/e2e/assets/will-you-remind-me.wav");
  const std::size_t windows = sentence.size() / kWindow;
  State state;
  for (const char* which : {"first", "second", "third"}) {
    std::size_t heard = 0;
    for (std::size_t at = 0; at < windows; ++at)
      heard += judge(window_of(sentence, at), state) > 0.5F ? 1 : 0;
    EXPECT_GT(heard, windows * 2 / 3) << which;
    for (int skipped = 0; skipped < 190; ++skipped)  // six seconds
      state.skip(Input{});
  }
}

TEST_F(SileroTest, AShortGapIsNoRest) {
  State state;
  const float first = judge(window_of(speech(), 40), state);
  EXPECT_FALSE(state.rested());
  for (int skipped = 0; skipped + 1 < VoiceActivityDetector::kRestAfter; ++skipped)
    state.skip(Input{});
  EXPECT_FALSE(state.rested());
  state.skip(Input{});
  EXPECT_TRUE(state.rested());
  EXPECT_NE(judge(window_of(speech(), 40), state), 0.0F) << first;
}

TEST_F(SileroTest, TakesNoInputAtAll) { detector_->process({}, {}, {}); }

}  // namespace
}  // namespace antiphon

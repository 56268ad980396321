#include "providers/smart_turn/smart_turn_detector.h"

#include "dsp/audio_file.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace antiphon {
namespace {

struct Clip {
  const char* number;
  float whole;  // of the reference implementation, with 200 ms of silence after it
  float cut;    // cut at 55 % of its length
};
// Computed by numpy and the Python runtime from the same files. In the middle of the scale the int8
// model answers up to 0.13 apart for features that differ in the fifth digit.
constexpr std::array<Clip, 3> kClips{
    {{"0870", 0.985F, 0.720F}, {"0890", 0.928F, 0.122F}, {"0920", 0.972F, 0.099F}}};

std::vector<Sample> clip(const char* number) {
  return *read_audio_file(
      std::string(
          "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-") +
      number + ".wav");
}

TEST(SmartTurn, AgreesWithTheReferenceOnWholeAndOnCutSentences) {
  ManualClock clock;
  Metrics metrics;
  InferencePool pool(clock, metrics, {.threads = 1});
  const auto detector =
      *SmartTurnDetector::open(models_folder() / "smart-turn-v3.2-cpu.onnx", pool);
  boost::asio::io_context loop;
  for (const Clip& each : kClips) {
    auto whole = clip(each.number);
    whole.resize(whole.size() + 3'200);
    auto cut = whole;
    cut.resize(cut.size() * 55 / 100);
    cut.resize(cut.size() + 3'200);
    const auto of_whole = run(loop, detector->completion(whole));
    ASSERT_TRUE(of_whole.has_value()) << of_whole.error().message;
    EXPECT_NEAR(*of_whole, each.whole, 0.05F) << each.number;
    const auto of_cut = run(loop, detector->completion(cut));
    ASSERT_TRUE(of_cut.has_value()) << of_cut.error().message;
    EXPECT_EQ(*of_cut > 0.5F, each.cut > 0.5F) << each.number << " gives " << *of_cut;
  }
}

}  // namespace
}  // namespace antiphon

#include "dsp/echo_detector.h"

#include "core/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

// Noise that a voice resembles: a random walk that is pulled back to zero.
std::vector<Sample> voice(Seed seed, std::size_t count, double loudness) {
  SeededRandom random(seed);
  std::vector<Sample> samples;
  double level = 0;
  for (std::size_t at = 0; at < count; ++at) {
    level = 0.9 * level + (static_cast<double>(random.below(2'001)) - 1'000.0) / 1'000.0;
    samples.push_back(static_cast<Sample>(level * loudness));
  }
  return samples;
}

// The caller hears `agent` and sends it back `delay` samples later at `gain`, plus what he says.
// Returns the share of frames that were taken for an echo.
float echoes_in(const std::vector<Sample>& agent, std::size_t delay, double gain,
                const std::vector<Sample>& caller) {
  EchoDetector detector;
  int echoes = 0;
  int windows = 0;
  for (std::size_t at = 0; at + 320 <= agent.size(); at += 320) {
    detector.sent(std::span(agent).subspan(at, 320));
    std::vector<Sample> back(320);
    for (std::size_t offset = 0; offset < 320; ++offset) {
      const std::size_t now = at + offset;
      const double echo = now >= delay ? gain * agent[now - delay] : 0;
      back[offset] = static_cast<Sample>(echo + (caller.empty() ? 0 : caller[now]));
    }
    detector.received(back);
    if (at < 16'000) continue;  // a second to fill both
    ++windows;
    echoes += detector.is_echo() ? 1 : 0;
  }
  return static_cast<float>(echoes) / static_cast<float>(windows);
}

TEST(EchoDetector, KnowsItsOwnVoiceAtEveryDelayAndLevel) {
  const auto agent = voice(Seed{1}, 32'000, 3'000);
  const auto line_noise = voice(Seed{2}, 32'000, 8);
  for (const std::size_t delay : {0U, 320U, 2'000U, 6'400U, 9'000U}) {
    for (const double gain : {0.5, 0.1, 0.025}) {
      EXPECT_GT(echoes_in(agent, delay, gain, line_noise), 0.95F) << delay << ' ' << gain;
    }
  }
}

TEST(EchoDetector, TakesNoCallerForItsOwnVoice) {
  const auto agent = voice(Seed{1}, 32'000, 3'000);
  const auto caller = voice(Seed{3}, 32'000, 2'000);
  EXPECT_LT(echoes_in(agent, 1'600, 0, caller), 0.02F);
  // Talking over an echo that is half as loud.
  EXPECT_LT(echoes_in(agent, 1'600, 1.0 / 3, caller), 0.02F);
}

TEST(EchoDetector, HearsNothingInSilence) {
  EXPECT_FALSE(EchoDetector().is_echo());
  const auto agent = voice(Seed{1}, 32'000, 3'000);
  EXPECT_EQ(echoes_in(agent, 0, 0, {}), 0.0F);
}

TEST(EchoDetector, KeepsItsClockWhileNothingIsSent) {
  EchoDetector detector;
  const auto agent = voice(Seed{4}, 3'200, 3'000);
  for (std::size_t at = 0; at < agent.size(); at += 320) {
    detector.sent(std::span(agent).subspan(at, 320));
    detector.received(std::vector<Sample>(320));
  }
  // The same sound two seconds later is nobody's echo.
  for (int frame = 0; frame < 100; ++frame) {
    detector.sent_nothing(320);
    detector.received(std::vector<Sample>(320));
  }
  for (std::size_t at = 0; at < agent.size(); at += 320)
    detector.received(std::span(agent).subspan(at, 320));
  EXPECT_FALSE(detector.is_echo());
}

}  // namespace
}  // namespace antiphon

#include "dsp/resampler.h"

#include "dsp/level.h"
#include "dsp/test_tone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

struct Rates {
  std::uint32_t from;
  std::uint32_t to;
};
constexpr std::array<Rates, 6> kRates{{{8'000, 16'000},
                                       {16'000, 8'000},
                                       {48'000, 16'000},
                                       {16'000, 48'000},
                                       {22'050, 16'000},
                                       {44'100, 16'000}}};

double decibels(std::span<const Sample> samples) { return level_of(samples).value(); }

TEST(Resampler, KeepsTheLevelAndLengthOfAToneAtEveryRateWeUse) {
  for (const auto [from, to] : kRates) {
    const auto in = tone(440.0, from, SampleRate(from));
    const auto out = resample(in, SampleRate(from), SampleRate(to));
    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->size(), to) << from << " to " << to;
    EXPECT_NEAR(decibels(*out), decibels(in), 0.1) << from << " to " << to;
  }
}

TEST(Resampler, AWholeRecordingComesBackWithoutDelay) {
  std::vector<Sample> click(4'410, 0);
  std::fill(click.begin() + 2'209, click.begin() + 2'212, Sample{20'000});
  const auto out = resample(click, SampleRate(22'050), kEngineRate);
  ASSERT_TRUE(out.has_value());
  const auto peak = std::ranges::max_element(*out) - out->begin();
  // 2,210 / 22,050 s.
  EXPECT_NEAR(static_cast<double>(peak), 1'603.6, 2.0);
}

TEST(Resampler, FramesGiveTheSameSamplesAsOneLongCall) {
  const auto in = tone(700.0, 8'000, SampleRate(8'000));
  auto whole = Resampler::make(SampleRate(8'000), kEngineRate);
  auto framed = Resampler::make(SampleRate(8'000), kEngineRate);
  ASSERT_TRUE(whole && framed);
  std::vector<Sample> expected(whole->output_bound(in.size()));
  expected.resize(whole->process(in, expected));
  std::vector<Sample> got;
  std::vector<Sample> piece(framed->output_bound(160));
  for (std::size_t at = 0; at < in.size(); at += 160) {
    const std::size_t written = framed->process(std::span(in).subspan(at, 160), piece);
    // Two for one, exactly: no frame of a call is ever short.
    EXPECT_EQ(written, 320U);
    got.insert(got.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(written));
  }
  EXPECT_EQ(got, expected);
}

TEST(Resampler, RemovesWhatTheLowerRateCannotHold) {
  const auto in = tone(6'000.0, 16'000);
  const auto out = resample(in, kEngineRate, SampleRate(8'000), ResampleQuality::call);
  ASSERT_TRUE(out.has_value());
  EXPECT_LT(decibels(*out), decibels(in) - 40.0);
}

TEST(Resampler, KeepsAllThatATelephoneCarriesAndMakesNothingUp) {
  for (const double frequency : {300.0, 1'000.0, 3'000.0, 3'400.0, 3'600.0}) {
    const auto narrow = tone(frequency, 8'000, SampleRate(8'000));
    const auto wide = resample(narrow, SampleRate(8'000), kEngineRate, ResampleQuality::call);
    ASSERT_TRUE(wide.has_value());
    // Were there an image above 4 kHz, the samples would differ from those of the pure tone.
    const auto pure = tone(frequency, 16'000);
    double error = 0;
    for (std::size_t at = 800; at + 800 < wide->size(); ++at)
      error = std::max(error, std::abs(1.0 * (*wide)[at] - 1.0 * pure[at]));
    EXPECT_LT(error, 0.03 * *std::ranges::max_element(pure)) << frequency;
    const auto back = resample(*wide, kEngineRate, SampleRate(8'000), ResampleQuality::call);
    ASSERT_TRUE(back.has_value());
    EXPECT_NEAR(decibels(std::span(*back).subspan(400, 7'200)), decibels(narrow), 0.4) << frequency;
  }
}

TEST(Resampler, HalvesPiecesOfAnySize) {
  const auto in = tone(700.0, 16'000);
  auto whole = Resampler::make(kEngineRate, SampleRate(8'000));
  auto cut = Resampler::make(kEngineRate, SampleRate(8'000));
  ASSERT_TRUE(whole && cut);
  std::vector<Sample> expected(whole->output_bound(in.size()));
  expected.resize(whole->process(in, expected));
  std::vector<Sample> got;
  std::size_t size = 1;
  for (std::size_t at = 0; at < in.size(); at += size, size = size % 701 + 1) {
    size = std::min(size, in.size() - at);
    std::vector<Sample> piece(cut->output_bound(size));
    piece.resize(cut->process(std::span(in).subspan(at, size), piece));
    got.insert(got.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(got, expected);
}

TEST(Resampler, StatesADelayThatACallCanBear) {
  for (const auto [from, to] : kRates) {
    const auto resampler = Resampler::make(SampleRate(from), SampleRate(to));
    ASSERT_TRUE(resampler.has_value());
    EXPECT_GT(resampler->latency(), 0ms);
    EXPECT_LE(resampler->latency(), 4ms) << from << " to " << to;
  }
}

TEST(Resampler, PassesEqualRatesThroughUntouched) {
  const auto in = tone(300.0, 320);
  auto resampler = Resampler::make(kEngineRate, kEngineRate);
  ASSERT_TRUE(resampler.has_value());
  std::vector<Sample> out(resampler->output_bound(in.size()));
  EXPECT_EQ(resampler->process(in, out), 320U);
  out.resize(320);
  EXPECT_EQ(out, in);
  EXPECT_EQ(resampler->latency(), 0ms);
}

TEST(Resampler, RefusesRatesOutsideSpeech) {
  for (const auto [from, to] : {Rates{7'999, 16'000}, {16'000, 96'000}, {0, 16'000}}) {
    const auto resampler = Resampler::make(SampleRate(from), SampleRate(to));
    ASSERT_FALSE(resampler.has_value());
    EXPECT_EQ(resampler.error().code, ErrorCode::unsupported);
  }
}

}  // namespace
}  // namespace antiphon

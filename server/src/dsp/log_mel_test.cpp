#include "dsp/log_mel.h"

#include "dsp/audio_file.h"
#include "dsp/fourier.h"
#include "dsp/test_tone.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace antiphon {
namespace {

constexpr double kPi = std::numbers::pi;

std::vector<float> features_of(const std::vector<Sample>& audio) {
  std::vector<float> features(kMelBands * kMelFrames);
  whisper_features(audio, std::span(features).first<kMelBands * kMelFrames>());
  return features;
}

// The same sweep from 100 Hz that the reference was given.
std::vector<Sample> sweep() {
  std::vector<Sample> audio(48'000);
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const double seconds = static_cast<double>(i) / 16'000.0;
    const double cycles = 100.0 * seconds + 2'900.0 / 6.0 * seconds * seconds;
    audio[i] = static_cast<Sample>(std::nearbyint(8'000.0 * std::sin(2.0 * kPi * cycles)));
  }
  return audio;
}

TEST(Fourier, AgreesWithThePlainSumForEveryBin) {
  std::array<float, kSpectrumInput> samples{};
  std::uint32_t state = 7;
  for (float& sample : samples) {
    state = state * 1'664'525 + 1'013'904'223;
    sample = static_cast<float>(state >> 16) / 32'768.0F - 1.0F;
  }
  std::array<float, kSpectrumBins> power{};
  power_spectrum(samples, power);
  for (std::size_t bin = 0; bin < kSpectrumBins; ++bin) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < kSpectrumInput; ++i) {
      sum += double{samples[i]} *
             std::polar(1.0, -2.0 * kPi * static_cast<double>(bin * i) / double{kSpectrumInput});
    }
    EXPECT_NEAR(power[bin], std::norm(sum), 1e-4 * (1.0 + std::norm(sum))) << bin;
  }
}

TEST(LogMel, AgreesWithTheReferenceToAThousandth) {
  const auto speech = read_audio_file(
      "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0870.wav");
  ASSERT_TRUE(speech.has_value()) << "install pocketsphinx-testdata";
  const std::map<std::string, std::vector<float>> features{{"sweep", features_of(sweep())},
                                                           {"speech", features_of(*speech)}};
  std::ifstream golden(repository_root() / "server/testdata/log_mel_golden.txt");
  std::string line;
  std::size_t compared = 0;
  float difference_max = 0.0F;
  while (std::getline(golden, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string input;
    std::size_t band = 0;
    std::size_t frame = 0;
    float expected = 0.0F;
    fields >> input >> band >> frame >> expected;
    const float got = features.at(input)[band * kMelFrames + frame];
    difference_max = std::max(difference_max, std::abs(got - expected));
    ++compared;
  }
  EXPECT_EQ(compared, 800U);
  EXPECT_LT(difference_max, 1e-3F);
}

TEST(LogMel, HearsOnlyTheLastEightSeconds) {
  std::vector<Sample> late = tone(440.0, kMelSamples);
  std::vector<Sample> with_past = tone(3'000.0, 16'000);
  with_past.insert(with_past.end(), late.begin(), late.end());
  EXPECT_EQ(features_of(with_past), features_of(late));
}

TEST(LogMel, GivesFiniteValuesForSilenceAndForNothing) {
  for (const auto& audio : {std::vector<Sample>{}, std::vector<Sample>(16'000, Sample{0})}) {
    for (const float value : features_of(audio))
      ASSERT_TRUE(std::isfinite(value));
  }
}

}  // namespace
}  // namespace antiphon

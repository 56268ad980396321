#include "dsp/lossless.h"

#include "core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace antiphon {
namespace {

std::vector<std::byte> encoded(std::span<const Sample> samples) {
  std::vector<std::byte> bytes(lossless_max(samples.size()));
  bytes.resize(encode_lossless(samples, bytes));
  return bytes;
}

void expect_same(std::span<const Sample> samples) {
  const auto bytes = encoded(samples);
  std::vector<Sample> back(samples.size(), Sample{77});
  EXPECT_EQ(decode_lossless(bytes, back), bytes.size());
  EXPECT_TRUE(std::ranges::equal(samples, back));
}

std::vector<Sample> tone(double amplitude) {
  std::vector<Sample> samples(320);
  for (std::size_t at = 0; at < samples.size(); ++at) {
    samples[at] = static_cast<Sample>(amplitude * std::sin(0.05 * static_cast<double>(at)));
  }
  return samples;
}

TEST(Lossless, GivesBackEverySampleOfQuietAndLoudBlocks) {
  for (const double amplitude : {0.0, 1.0, 30.0, 3'000.0, 32'000.0})
    expect_same(tone(amplitude));
}

TEST(Lossless, GivesBackTheWorstThereIs) {
  std::vector<Sample> jumps(320);
  for (std::size_t at = 0; at < jumps.size(); ++at)
    jumps[at] = at % 2 == 0 ? Sample{-32'768} : Sample{32'767};
  expect_same(jumps);
  jumps.assign(320, 0);
  jumps[160] = -32'768;
  expect_same(jumps);
  SeededRandom random{Seed{3}};
  for (const std::size_t count : {0U, 1U, 2U, 3U, 319U, 320U, 4096U}) {
    std::vector<Sample> noise(count);
    for (Sample& sample : noise)
      sample = static_cast<Sample>(random.next());
    expect_same(noise);
  }
}

TEST(Lossless, TakesOneByteForSilenceAndUnderHalfForAVoice) {
  EXPECT_EQ(encoded(std::vector<Sample>(320)).size(), 1U);
  EXPECT_LT(encoded(tone(3'000)).size(), 320U);
}

TEST(Lossless, RefusesBlocksThatAreCutOrMadeUp) {
  const auto bytes = encoded(tone(3'000));
  std::vector<Sample> back(320);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_EQ(decode_lossless(std::span(bytes).first(cut), back), 0U) << cut;
  for (unsigned kind = 2; kind < 0x80; ++kind) {
    const std::array made{static_cast<std::byte>(kind), std::byte{0}};
    EXPECT_EQ(decode_lossless(made, back), 0U) << kind;
  }
}

}  // namespace
}  // namespace antiphon

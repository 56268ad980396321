#include "dsp/g711.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <limits>
#include <vector>

namespace antiphon {
namespace {

struct Pair {
  int sample;
  std::uint8_t code;
};

// Decision and quantised values of ITU-T G.711 tables 2a (µ) and 1a (A), scaled to 16 bits.
TEST(G711, DecodesMuLawAsTheTableOfTheRecommendation) {
  constexpr std::array<Pair, 12> kTable{{{0, 0xFF},
                                         {8, 0xFE},
                                         {120, 0xF0},
                                         {132, 0xEF},
                                         {372, 0xE0},
                                         {396, 0xDF},
                                         {16764, 0x8F},
                                         {32124, 0x80},
                                         {-8, 0x7E},
                                         {-132, 0x6F},
                                         {-16764, 0x0F},
                                         {-32124, 0x00}}};
  for (const Pair pair : kTable)
    EXPECT_EQ(g711_decode(pair.code, G711Law::mu), pair.sample);
}

TEST(G711, DecodesALawAsTheTableOfTheRecommendation) {
  constexpr std::array<Pair, 10> kTable{{{8, 0xD5},
                                         {24, 0xD4},
                                         {248, 0xDA},
                                         {264, 0xC5},
                                         {504, 0xCA},
                                         {528, 0xF5},
                                         {32256, 0xAA},
                                         {-8, 0x55},
                                         {-264, 0x45},
                                         {-32256, 0x2A}}};
  for (const Pair pair : kTable)
    EXPECT_EQ(g711_decode(pair.code, G711Law::a), pair.sample);
}

TEST(G711, EncodesTheEdgesOfTheMuLawSegments) {
  constexpr std::array<Pair, 9> kTable{{{0, 0xFF},
                                        {3, 0xFF},
                                        {4, 0xFE},
                                        {123, 0xF0},
                                        {124, 0xEF},
                                        {32635, 0x80},
                                        {32767, 0x80},
                                        {-1, 0x7F},
                                        {-32768, 0x00}}};
  for (const Pair pair : kTable) {
    EXPECT_EQ(g711_encode(static_cast<Sample>(pair.sample), G711Law::mu), pair.code) << pair.sample;
  }
}

TEST(G711, EncodesTheEdgesOfTheALawSegments) {
  constexpr std::array<Pair, 8> kTable{{{0, 0xD5},
                                        {15, 0xD5},
                                        {16, 0xD4},
                                        {255, 0xDA},
                                        {256, 0xC5},
                                        {32767, 0xAA},
                                        {-1, 0x55},
                                        {-32768, 0x2A}}};
  for (const Pair pair : kTable) {
    EXPECT_EQ(g711_encode(static_cast<Sample>(pair.sample), G711Law::a), pair.code) << pair.sample;
  }
}

class EveryLaw : public testing::TestWithParam<G711Law> {};

TEST_P(EveryLaw, GivesEveryCodeBackAfterDecodingIt) {
  for (int code = 0; code < 256; ++code) {
    // The only code with a twin: negative zero of the µ-law.
    if (GetParam() == G711Law::mu && code == 0x7F) continue;
    const auto octet = static_cast<std::uint8_t>(code);
    EXPECT_EQ(g711_encode(g711_decode(octet, GetParam()), GetParam()), octet);
  }
}

TEST_P(EveryLaw, KeepsEverySampleWithinHalfAStepAndNeverTurnsTheOrderRound) {
  const int clip = GetParam() == G711Law::mu ? 32635 : 32767;
  int before = std::numeric_limits<int>::min();
  for (int sample = -clip; sample <= clip; ++sample) {
    const int back = g711_decode(g711_encode(static_cast<Sample>(sample), GetParam()), GetParam());
    // A step is at most a sixteenth of its segment, so half of it is 1/32 of the magnitude and a
    // little.
    EXPECT_LE(std::abs(back - sample), std::abs(sample) / 32 + 16) << sample;
    EXPECT_GE(back, before) << sample;
    before = back;
  }
}

TEST_P(EveryLaw, TreatsWholeFramesAsSingleSamples) {
  std::vector<Sample> frame;
  for (int sample = -32768; sample <= 32767; sample += 97) {
    frame.push_back(static_cast<Sample>(sample));
  }
  std::vector<std::uint8_t> codes(frame.size());
  std::vector<Sample> back(frame.size());
  g711_encode(frame, codes, GetParam());
  g711_decode(codes, back, GetParam());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    EXPECT_EQ(codes[i], g711_encode(frame[i], GetParam()));
    EXPECT_EQ(back[i], g711_decode(codes[i], GetParam()));
  }
}

INSTANTIATE_TEST_SUITE_P(G711, EveryLaw, testing::Values(G711Law::mu, G711Law::a),
                         [](const auto& law) { return law.param == G711Law::mu ? "mu" : "a"; });

}  // namespace
}  // namespace antiphon

#include "dsp/g711.h"

#include "core/check.h"

#include <algorithm>
#include <array>
#include <bit>

namespace antiphon {

namespace {

constexpr int kMuBias = 33 << 2;  // 33 of the 14-bit scale
constexpr int kMuClip = 8158 << 2;

constexpr int width_of(int magnitude) {
  return static_cast<int>(std::bit_width(static_cast<unsigned>(magnitude)));
}

constexpr std::uint8_t encode_mu(int sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  // One's complement for the negative half, so that -1 lies in the step next to 0.
  int magnitude = sample < 0 ? ~sample : sample;
  magnitude = std::min(magnitude, kMuClip) + kMuBias;
  const int segment = width_of(magnitude) - 8;
  const int step = (magnitude >> (segment + 3)) & 0x0F;
  return static_cast<std::uint8_t>(~(sign | (segment << 4) | step));
}

constexpr Sample decode_mu(std::uint8_t code) {
  const int bits = static_cast<std::uint8_t>(~code);
  const int segment = (bits >> 4) & 7;
  const int magnitude = ((((bits & 0x0F) << 3) + kMuBias) << segment) - kMuBias;
  return static_cast<Sample>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

constexpr std::uint8_t encode_a(int sample) {
  const int sign = sample < 0 ? 0 : 0x80;
  const int magnitude = (sample < 0 ? ~sample : sample) >> 4;  // 12 bits
  const int segment = std::max(width_of(magnitude) - 4, 0);
  const int step = segment == 0 ? magnitude & 0x0F : (magnitude >> (segment - 1)) & 0x0F;
  // Every second bit is inverted on the line.
  return static_cast<std::uint8_t>((sign | (segment << 4) | step) ^ 0x55);
}

constexpr Sample decode_a(std::uint8_t code) {
  const int bits = code ^ 0x55;
  const int segment = (bits >> 4) & 7;
  int magnitude = ((bits & 0x0F) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return static_cast<Sample>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

template <Sample (*Decode)(std::uint8_t)>
constexpr std::array<Sample, 256> make_table() {
  std::array<Sample, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) {
    table[code] = Decode(static_cast<std::uint8_t>(code));
  }
  return table;
}

constexpr auto kMuTable = make_table<decode_mu>();
constexpr auto kATable = make_table<decode_a>();

}  // namespace

std::uint8_t g711_encode(Sample sample, G711Law law) {
  return law == G711Law::mu ? encode_mu(sample) : encode_a(sample);
}

Sample g711_decode(std::uint8_t code, G711Law law) {
  return law == G711Law::mu ? kMuTable[code] : kATable[code];
}

void g711_encode(std::span<const Sample> in, std::span<std::uint8_t> out, G711Law law) {
  CHECK(out.size() >= in.size(), "one octet a sample");
  if (law == G711Law::mu) {
    std::ranges::transform(in, out.begin(), [](Sample sample) { return encode_mu(sample); });
  } else {
    std::ranges::transform(in, out.begin(), [](Sample sample) { return encode_a(sample); });
  }
}

void g711_decode(std::span<const std::uint8_t> in, std::span<Sample> out, G711Law law) {
  CHECK(out.size() >= in.size(), "one sample an octet");
  const auto& table = law == G711Law::mu ? kMuTable : kATable;
  std::ranges::transform(in, out.begin(), [&table](std::uint8_t code) { return table[code]; });
}

}  // namespace antiphon

#include "dsp/lossless.h"

#include "core/check.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace antiphon {

namespace {

// The first byte of a block: what the rest is. Rice codes add the predictor's order and the
// parameter: 0b10'oo'kkkk.
constexpr unsigned kRaw = 0;
constexpr unsigned kSilence = 1;
constexpr unsigned kRice = 0x80;
constexpr unsigned kParameterMax = 15;
constexpr int kOrders = 3;
// A quotient this long is not written in ones: the number itself follows.
constexpr unsigned kQuotientMax = 24;
constexpr unsigned kEscapeBits = 20;  // |s - 2p + q| < 2^17, and one bit for its sign

// `samples[at]` less what the two before it make expected.
std::int32_t residual(std::span<const Sample> samples, std::size_t at, int order) noexcept {
  const std::int32_t one = at > 0 ? samples[at - 1] : 0;
  const std::int32_t two = at > 1 ? samples[at - 2] : 0;
  if (order == 0) return samples[at];
  return order == 1 ? samples[at] - one : samples[at] - 2 * one + two;
}

std::uint32_t folded(std::int32_t value) noexcept {
  return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}

std::int32_t unfolded(std::uint32_t value) noexcept {
  return static_cast<std::int32_t>(value >> 1) ^ -static_cast<std::int32_t>(value & 1);
}

class BitWriter {
 public:
  explicit BitWriter(std::span<std::byte> out) noexcept : out_(out) {}

  void put(std::uint32_t bits, unsigned count) noexcept {
    held_ = (held_ << count) | bits;
    for (count_ += count; count_ >= 8; count_ -= 8)
      byte(static_cast<std::byte>(held_ >> (count_ - 8)));
  }
  // Zero when there was no room.
  [[nodiscard]] std::size_t finish() noexcept {
    if (count_ > 0) put(0, 8 - count_);
    return full_ ? 0 : at_;
  }

 private:
  void byte(std::byte value) noexcept {
    if (at_ < out_.size()) {
      out_[at_++] = value;
    } else {
      full_ = true;
    }
  }

  std::span<std::byte> out_;
  std::size_t at_ = 0;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
  bool full_ = false;
};

class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> in) noexcept : in_(in) {}

  [[nodiscard]] std::uint32_t take(unsigned count) noexcept {
    while (count_ < count) {
      held_ = (held_ << 8) | (at_ < in_.size() ? std::to_integer<std::uint64_t>(in_[at_]) : 0);
      ++at_;
      count_ += 8;
    }
    count_ -= count;
    return static_cast<std::uint32_t>((held_ >> count_) & ((std::uint64_t{1} << count) - 1));
  }
  // Bytes begun; more than there are when the bits ran out.
  [[nodiscard]] std::size_t used() const noexcept { return at_; }

 private:
  std::span<const std::byte> in_;
  std::size_t at_ = 0;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
};

struct Plan {
  int order = 0;
  unsigned parameter = 0;
};

Plan plan(std::span<const Sample> samples) noexcept {
  std::array<std::uint64_t, kOrders> sums{};
  for (std::size_t at = 0; at < samples.size(); ++at) {
    for (int order = 0; order < kOrders; ++order)
      sums[static_cast<std::size_t>(order)] += folded(residual(samples, at, order));
  }
  const auto least = std::ranges::min_element(sums);
  const std::uint64_t mean = *least / samples.size();
  const unsigned parameter = mean == 0 ? 0 : static_cast<unsigned>(std::bit_width(mean)) - 1;
  return {static_cast<int>(least - sums.begin()), std::min(parameter, kParameterMax)};
}

std::size_t encode_rice(std::span<const Sample> samples, std::span<std::byte> out) noexcept {
  const auto [order, parameter] = plan(samples);
  out[0] = static_cast<std::byte>(kRice | (static_cast<unsigned>(order) << 4) | parameter);
  BitWriter bits(out.subspan(1));
  for (std::size_t at = 0; at < samples.size(); ++at) {
    const std::uint32_t value = folded(residual(samples, at, order));
    const std::uint32_t quotient = value >> parameter;
    if (quotient >= kQuotientMax) {
      bits.put(0, kQuotientMax);
      bits.put(value, kEscapeBits);
      continue;
    }
    bits.put(1, quotient + 1);
    bits.put(value & ((1U << parameter) - 1), parameter);
  }
  const std::size_t size = bits.finish();
  return size == 0 ? 0 : 1 + size;
}

std::size_t decode_rice(unsigned kind, std::span<const std::byte> in,
                        std::span<Sample> samples) noexcept {
  const int order = static_cast<int>((kind >> 4) & 3);
  const unsigned parameter = kind & 15;
  if (order >= kOrders) return 0;
  BitReader bits(in.subspan(1));
  std::int32_t one = 0;
  std::int32_t two = 0;
  for (Sample& sample : samples) {
    if (bits.used() > in.size()) return 0;
    std::uint32_t quotient = 0;
    while (quotient < kQuotientMax && bits.take(1) == 0)
      ++quotient;
    const std::uint32_t value = quotient == kQuotientMax
                                    ? bits.take(kEscapeBits)
                                    : (quotient << parameter) | bits.take(parameter);
    const std::int32_t expected = order == 0 ? 0 : order == 1 ? one : 2 * one - two;
    const std::int32_t whole = expected + unfolded(value);
    if (whole < std::numeric_limits<Sample>::min() || whole > std::numeric_limits<Sample>::max())
      return 0;
    sample = static_cast<Sample>(whole);
    two = one;
    one = whole;
  }
  return bits.used() > in.size() - 1 ? 0 : 1 + bits.used();
}

}  // namespace

std::size_t encode_lossless(std::span<const Sample> samples, std::span<std::byte> out) noexcept {
  CHECK(samples.size() <= kLosslessBlockMax && out.size() >= lossless_max(samples.size()),
        "a block fits its room");
  if (std::ranges::all_of(samples, [](Sample sample) { return sample == 0; })) {
    out[0] = static_cast<std::byte>(kSilence);
    return 1;
  }
  out = out.first(lossless_max(samples.size()));
  if (const std::size_t size = encode_rice(samples, out); size != 0) return size;
  out[0] = static_cast<std::byte>(kRaw);
  const auto bytes = std::as_bytes(samples);
  std::ranges::copy(bytes, out.begin() + 1);
  return 1 + bytes.size();
}

std::size_t decode_lossless(std::span<const std::byte> in, std::span<Sample> samples) noexcept {
  if (in.empty() || samples.size() > kLosslessBlockMax) return 0;
  const auto kind = std::to_integer<unsigned>(in[0]);
  if (kind == kSilence) {
    std::ranges::fill(samples, Sample{0});
    return 1;
  }
  if ((kind & 0xC0) == kRice) return decode_rice(kind, in, samples);
  const auto bytes = std::as_writable_bytes(samples);
  if (kind != kRaw || in.size() - 1 < bytes.size()) return 0;
  std::ranges::copy(in.subspan(1, bytes.size()), bytes.begin());
  return 1 + bytes.size();
}

}  // namespace antiphon

#include "dsp/fourier.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace antiphon {

namespace {

using Complex = std::complex<float>;

constexpr std::size_t kHalf = kSpectrumInput / 2;  // complex points
constexpr std::size_t kRows = 8;
constexpr std::size_t kColumns = 25;
static_assert(kRows * kColumns == kHalf);

// e^(-2πi k / n) for k < n.
template <std::size_t n>
std::array<Complex, n> roots() {
  std::array<Complex, n> table;
  for (std::size_t k = 0; k < n; ++k) {
    const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    table[k] = Complex(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  }
  return table;
}

struct Tables {
  std::array<Complex, kRows> rows = roots<kRows>();
  std::array<Complex, 5> fives = roots<5>();
  std::array<Complex, kColumns> columns = roots<kColumns>();
  std::array<Complex, kHalf> half = roots<kHalf>();
  std::array<Complex, kSpectrumInput> whole = roots<kSpectrumInput>();
};

const Tables& tables() {
  static const Tables made;
  return made;
}

// (a)(b) without the checks for infinities that std::complex makes.
Complex times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// A plain transform of `n` points that lie `stride` apart.
template <std::size_t n>
std::array<Complex, n> transform(const Complex* in, std::size_t stride,
                                 const std::array<Complex, n>& root) {
  std::array<Complex, n> out{};
  for (std::size_t k = 0; k < n; ++k) {
    Complex sum = in[0];
    for (std::size_t i = 1; i < n; ++i)
      sum += times(in[i * stride], root[i * k % n]);
    out[k] = sum;
  }
  return out;
}

// 25 = 5 × 5.
std::array<Complex, kColumns> transform_25(const Complex* in, std::size_t stride,
                                           const Tables& table) {
  std::array<Complex, kColumns> middle;
  for (std::size_t row = 0; row < 5; ++row) {
    const auto five = transform<5>(in + row * stride, stride * 5, table.fives);
    for (std::size_t k = 0; k < 5; ++k) {
      middle[row * 5 + k] = times(five[k], table.columns[row * k]);
    }
  }
  std::array<Complex, kColumns> out;
  for (std::size_t k = 0; k < 5; ++k) {
    const auto five = transform<5>(middle.data() + k, 5, table.fives);
    for (std::size_t j = 0; j < 5; ++j)
      out[k + 5 * j] = five[j];
  }
  return out;
}

}  // namespace

void power_spectrum(std::span<const float, kSpectrumInput> samples,
                    std::span<float, kSpectrumBins> power) {
  const Tables& table = tables();
  // Even samples as real, odd ones as imaginary part: half the work.
  std::array<Complex, kHalf> packed;
  for (std::size_t i = 0; i < kHalf; ++i)
    packed[i] = {samples[2 * i], samples[2 * i + 1]};
  std::array<Complex, kHalf> middle;
  for (std::size_t row = 0; row < kRows; ++row) {
    const auto column = transform_25(packed.data() + row, kRows, table);
    for (std::size_t k = 0; k < kColumns; ++k) {
      middle[row * kColumns + k] = times(column[k], table.half[row * k]);
    }
  }
  std::array<Complex, kHalf> spectrum;
  for (std::size_t k = 0; k < kColumns; ++k) {
    const auto eight = transform<kRows>(middle.data() + k, kColumns, table.rows);
    for (std::size_t j = 0; j < kRows; ++j)
      spectrum[k + kColumns * j] = eight[j];
  }
  for (std::size_t k = 0; k < kSpectrumBins; ++k) {
    const Complex here = spectrum[k % kHalf];
    const Complex mirrored = std::conj(spectrum[(kHalf - k) % kHalf]);
    const Complex even = 0.5F * (here + mirrored);
    const Complex odd = times(Complex(0.0F, -0.5F), here - mirrored);
    power[k] = std::norm(even + times(table.whole[k], odd));
  }
}

}  // namespace antiphon

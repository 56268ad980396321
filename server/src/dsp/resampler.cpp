#include "dsp/resampler.h"

#include "core/check.h"
#include "dsp/half_band.h"

#include <speex/speex_resampler.h>

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon {

namespace {

constexpr SampleRate kRateMin{8'000};
constexpr SampleRate kRateMax{48'000};
constexpr std::size_t kPiece = 4096;

bool is_supported(SampleRate rate) { return rate >= kRateMin && rate <= kRateMax; }

struct StateDeleter {
  void operator()(SpeexResamplerState* state) const { speex_resampler_destroy(state); }
};

int quality_of(ResampleQuality quality) {
  // 3 keeps telephone speech within 0.5 dB up to 3.4 kHz; 7 costs five times as much and is heard
  // in music only.
  return quality == ResampleQuality::call ? 3 : 7;
}

}  // namespace

struct Resampler::Impl {
  SampleRate from;
  SampleRate to;
  // Neither: the rates are equal.
  std::unique_ptr<SpeexResamplerState, StateDeleter> state = {};
  std::unique_ptr<HalfBand> half_band = {};
};

Resampler::Resampler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

Result<Resampler> Resampler::make(SampleRate from, SampleRate to, ResampleQuality quality) {
  if (!is_supported(from) || !is_supported(to)) {
    return failure(ErrorCode::unsupported, "sample rates from 8,000 to 48,000 Hz can be resampled");
  }
  auto impl = std::make_unique<Impl>(Impl{.from = from, .to = to});
  const bool is_octave = from.value() == 2 * to.value() || to.value() == 2 * from.value();
  if (is_octave && quality == ResampleQuality::call) {
    impl->half_band = std::make_unique<HalfBand>();
  } else if (from != to) {
    int error = RESAMPLER_ERR_SUCCESS;
    impl->state.reset(
        speex_resampler_init(1, from.value(), to.value(), quality_of(quality), &error));
    if (error != RESAMPLER_ERR_SUCCESS) {
      return failure(ErrorCode::resource_exhausted, "no memory for a resampler");
    }
  }
  return Resampler(std::move(impl));
}

std::size_t Resampler::process(std::span<const Sample> in, std::span<Sample> out) {
  CHECK(out.size() >= output_bound(in.size()), "the caller sizes its buffer with output_bound()");
  if (impl_->half_band) {
    return impl_->from < impl_->to ? impl_->half_band->up(in, out)
                                   : impl_->half_band->down(in, out);
  }
  if (!impl_->state) {
    std::ranges::copy(in, out.begin());
    return in.size();
  }
  std::size_t written = 0;
  while (!in.empty()) {
    auto consumed = static_cast<spx_uint32_t>(in.size());
    auto produced = static_cast<spx_uint32_t>(out.size() - written);
    const int error = speex_resampler_process_int(impl_->state.get(), 0, in.data(), &consumed,
                                                  out.subspan(written).data(), &produced);
    CHECK(error == RESAMPLER_ERR_SUCCESS, "speexdsp fails only on bad pointers");
    in = in.subspan(consumed);
    written += produced;
    CHECK(consumed > 0 || produced > 0, "speexdsp always moves on while there is room");
  }
  return written;
}

std::size_t Resampler::output_bound(std::size_t input_samples) const {
  const std::uint64_t scaled = std::uint64_t{input_samples} * impl_->to.value();
  // One for rounding, one because the phase may stand just before an output sample.
  return scaled / impl_->from.value() + 2;
}

Duration Resampler::latency() const {
  if (impl_->half_band) {
    const std::uint32_t lower = std::min(impl_->from.value(), impl_->to.value());
    return std::chrono::nanoseconds(std::chrono::seconds(1)) * HalfBand::kDelay / lower;
  }
  if (!impl_->state) return Duration::zero();
  const int samples = speex_resampler_get_input_latency(impl_->state.get());
  return std::chrono::nanoseconds(std::chrono::seconds(1)) * samples / impl_->from.value();
}

Result<std::vector<Sample>> resample(std::span<const Sample> samples, SampleRate from,
                                     SampleRate to, ResampleQuality quality) {
  auto resampler = Resampler::make(from, to, quality);
  if (!resampler) return std::unexpected(std::move(resampler.error()));
  const auto wanted =
      static_cast<std::size_t>(std::uint64_t{samples.size()} * to.value() / from.value());
  const auto delay =
      static_cast<std::size_t>(resampler->latency().count() * to.value() / std::nano::den);
  std::vector<Sample> out;
  out.reserve(wanted + delay + 2);
  std::vector<Sample> piece(resampler->output_bound(kPiece));
  static constexpr std::array<Sample, kPiece> kZeros{};
  // Silence after the end pushes out what is still inside.
  while (out.size() < wanted + delay) {
    const auto in = samples.empty() ? std::span<const Sample>(kZeros)
                                    : samples.first(std::min(kPiece, samples.size()));
    const std::size_t written = resampler->process(in, piece);
    out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(written));
    if (!samples.empty()) samples = samples.subspan(in.size());
  }
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(delay));
  out.resize(wanted);
  return out;
}

}  // namespace antiphon

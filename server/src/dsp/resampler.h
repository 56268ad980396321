// Changes the sample rate of a stream, mono s16, piece by piece.
//
//   auto resampler = Resampler::make(SampleRate{8'000}, kEngineRate);
//   const std::size_t written = resampler.process(frame, out);   // out holds
//   output_bound(frame.size())
//
// Output  starts after latency().
// Limits  8 to 48 kHz. The 20 ms path uses ResampleQuality::call: 1.8 ms between 8 and 16 kHz (a
//         half-band filter), else speexdsp's quality 3 with 0.6 ms at 16 kHz.
// Errors  make(): unsupported for other rates.
// Thread  one owner; process() allocates nothing.
// Source  speexdsp 1.2.1.
#pragma once

#include "core/audio_frame.h"
#include "core/clock.h"
#include "core/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace antiphon {

enum class ResampleQuality : std::uint8_t {
  call,     // each 20 ms of each call
  archive,  // files and synthesized speech: done once
};

class Resampler {
 public:
  static Result<Resampler> make(SampleRate from, SampleRate to,
                                ResampleQuality quality = ResampleQuality::call);
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;
  ~Resampler();

  // All of `in` is consumed; `out` must hold output_bound(in.size()). Returns the samples written.
  std::size_t process(std::span<const Sample> in, std::span<Sample> out);
  [[nodiscard]] std::size_t output_bound(std::size_t input_samples) const;
  // From a sample's entry to its exit.
  [[nodiscard]] Duration latency() const;

 private:
  struct Impl;
  explicit Resampler(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A whole recording at once: the output has no delay and lasts as long as the input.
[[nodiscard]] Result<std::vector<Sample>> resample(std::span<const Sample> samples, SampleRate from,
                                                   SampleRate to,
                                                   ResampleQuality = ResampleQuality::archive);

}  // namespace antiphon

// Raw 24 kHz samples, 16 bits, little-endian, in pieces that may cut a sample in two, as 16 kHz.
//
// Thread  one owner.
#pragma once

#include "core/audio_frame.h"
#include "dsp/resampler.h"

#include <string_view>
#include <vector>

namespace antiphon::openai {

inline constexpr SampleRate kSpeechRate{24'000};

class PcmReader {
 public:
  PcmReader();
  [[nodiscard]] std::vector<Sample> take(std::string_view bytes);
  // What the resampler still holds.
  [[nodiscard]] std::vector<Sample> finish();

 private:
  [[nodiscard]] std::vector<Sample> resampled(std::span<const Sample> samples);

  Resampler resampler_;
  bool has_half_ = false;
  char half_ = 0;
};

}  // namespace antiphon::openai

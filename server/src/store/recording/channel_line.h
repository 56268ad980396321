// The part of one channel that is not on the disk yet: samples at positions, silence between them.
//
// Thread  one.
#pragma once

#include "core/audio_frame.h"

#include <cstdint>
#include <span>
#include <vector>

namespace antiphon {

using SamplePosition = std::int64_t;  // from the beginning of the recording

class ChannelLine {
 public:
  // The first position that may still be written.
  [[nodiscard]] SamplePosition begin() const { return begin_; }
  // Behind the last one that was.
  [[nodiscard]] SamplePosition end() const {
    return begin_ + static_cast<SamplePosition>(samples_.size());
  }
  // What lies before begin() is left out.
  void write(SamplePosition position, std::span<const Sample> samples);
  // Takes out.size() samples off the front.
  void take(std::span<Sample> out);

 private:
  std::vector<Sample> samples_;
  SamplePosition begin_ = 0;
};

}  // namespace antiphon

// The last eight seconds of the caller, and when each sample arrived.
//
// push() takes frames as they come; more than one second beyond real time is dropped and counted,
// so a peer that floods fills neither memory nor the recognizer. window() cuts what the
// voice-activity model reads.
// Thread  owned by one session; push, window and time_of allocate nothing.
#pragma once

#include "core/audio_frame.h"

#include <cstdint>
#include <span>
#include <vector>

namespace antiphon {

using SampleIndex = std::uint64_t;  // counts from the first sample of the call

class CallerAudio {
 public:
  CallerAudio();

  // False: dropped, the caller sends faster than time passes.
  bool push(const AudioFrame& frame, Timepoint now) noexcept;
  // The next window for the voice-activity model; false when it is not full yet.
  bool window(std::span<Sample> out) noexcept;
  // Where that model has read to.
  [[nodiscard]] SampleIndex read_to() const { return read_; }
  [[nodiscard]] SampleIndex end() const { return written_; }
  [[nodiscard]] Timepoint time_of(SampleIndex sample) const noexcept;
  // [begin, end) as far as it is still held.
  [[nodiscard]] std::vector<Sample> copy(SampleIndex begin, SampleIndex end) const;
  [[nodiscard]] std::uint64_t dropped_frames() const { return dropped_; }

 private:
  static constexpr std::size_t kCapacity = std::size_t{1} << 17;  // 8.2 s

  std::vector<Sample> ring_;
  SampleIndex written_ = 0;
  SampleIndex read_ = 0;
  Timepoint last_arrival_{};
  Timepoint credit_from_{};
  double credit_ = 50;  // frames that may come at once
  std::uint64_t dropped_ = 0;
};

[[nodiscard]] constexpr SampleIndex samples_in(Duration duration) {
  return static_cast<SampleIndex>(duration.count() / 62'500);
}
[[nodiscard]] constexpr Duration duration_of(SampleIndex samples) {
  return Duration(static_cast<std::int64_t>(samples) * 62'500);
}

}  // namespace antiphon

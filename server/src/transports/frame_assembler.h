// Makes 20 ms frames of whatever pieces of audio a client sends, and notices one that sends faster
// than it can have spoken.
//
// Input   signed 16 bit little-endian mono at 16 kHz; an even number of bytes, 2 to kPieceMax.
// Output  whole frames in order; the rest waits for the next piece.
// Errors  too_large, invalid_argument (odd), resource_exhausted (over kAheadMax ahead of real
//         time).
// Thread  one.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"

#include <string_view>

namespace antiphon {

class FrameAssembler {
 public:
  static constexpr std::size_t kPieceMax = 6'400;  // 200 ms
  static constexpr std::chrono::seconds kAheadMax{2};

  // Forgets the begun frame; what arrived still counts as time that was spoken.
  void drop_rest() { filled_ = 0; }
  // `sink` is called with each whole frame.
  template <class Sink>
  [[nodiscard]] Result<> push(std::string_view bytes, Timepoint now, Sink&& sink) {
    if (auto fault = check(bytes, now); !fault) return fault;
    while (!bytes.empty()) {
      bytes = fill(bytes);
      if (filled_ < kFrameSamples.value()) break;
      frame_.captured_at = now;
      frame_.origin = Origin::received;
      filled_ = 0;
      sink(static_cast<const AudioFrame&>(frame_));
    }
    return {};
  }

 private:
  [[nodiscard]] Result<> check(std::string_view bytes, Timepoint now);
  std::string_view fill(std::string_view bytes);

  AudioFrame frame_;
  std::size_t filled_ = 0;    // samples of frame_
  Timepoint spoken_until_{};  // when what we got would have been spoken, at real time
};

}  // namespace antiphon

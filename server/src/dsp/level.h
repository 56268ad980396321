// How loud a frame is, and how loud the line is when nobody speaks.
//
// Output  decibels relative to full scale (dBFS): 0 for a full-scale square wave, kSilence for
//         digital silence.
// Limits  none; both functions and the tracker allocate nothing.
// Thread  one owner.
#pragma once

#include "core/audio_frame.h"
#include "core/strong.h"

#include <array>
#include <cstddef>
#include <span>

namespace antiphon {

using Decibels = Strong<struct DecibelsTag, float>;

inline constexpr Decibels kSilenceLevel{-96.0F};

[[nodiscard]] Decibels level_of(std::span<const Sample> samples);

// The quietest level of the last 1.6 to 3.2 s, so that speech does not raise it and a louder line
// does.
// Source  minimum statistics (Martin, 2001), with two half windows in place of a sorted history.
class NoiseFloor {
 public:
  static constexpr Decibels kLowest{
      -75.0F};  // a codec's silence is no reason to hear everything as speech
  static constexpr Decibels kHighest{-30.0F};  // a floor above this would hide speech
  static constexpr std::size_t kWindowFrames = 80;

  // One 20 ms frame.
  void observe(Decibels level);
  [[nodiscard]] Decibels level() const;

 private:
  float smoothed_ = kSilenceLevel.value();
  float current_ = 0.0F;    // the minimum of the window that fills
  float previous_ = 0.0F;   // that of the one before
  std::size_t frames_ = 0;  // in the current window
  bool has_previous_ = false;
};

}  // namespace antiphon

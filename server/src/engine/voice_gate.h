// Decides cheaply whether a window of the caller's sound is worth the voice-activity model, and
// which of its halves are loud enough to be somebody talking.
//
// Input   windows of 512 samples (32 ms), in order.
// Output  levels in dB of full scale; `open`: the model must look; `energetic`: loud against the
//         noise floor.
// Limits  the floor follows a falling level within 100 ms and a rising one by 3 dB a second, 0.5 dB
//         while the caller speaks, so that a long sentence does not become noise; it stays between
//         -80 and -30 dB.
// Thread  owned by one session; allocates nothing.
#pragma once

#include "core/audio_frame.h"

#include <span>

namespace antiphon {

struct WindowLevel {
  float first_half_db = -96;
  float second_half_db = -96;
  bool open = false;
  bool first_half_energetic = false;
  bool second_half_energetic = false;
};

class VoiceGate {
 public:
  [[nodiscard]] WindowLevel measure(std::span<const Sample> window, bool caller_speaks) noexcept;
  [[nodiscard]] float floor_db() const { return floor_db_; }
  // A new caller turn: its level is not known yet.
  void forget_speech_level() noexcept { speech_db_ = -96; }

 private:
  [[nodiscard]] bool energetic(float level_db) const noexcept;
  void follow(float level_db, bool caller_speaks) noexcept;

  float floor_db_ = -60;
  float speech_db_ = -96;  // how loud this caller's speech has been
};

}  // namespace antiphon

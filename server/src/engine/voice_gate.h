// Decides cheaply whether a window of the caller's sound is worth the voice-activity model, and
// which of its halves are loud enough to be the caller talking.
//
// Input   windows of 512 samples (32 ms), in order.
// Output  levels in dB of full scale; `open`: the model must look; `energetic`: loud against the
//         noise floor and near the loudness at which this caller has been talking.
// Limits  the floor is the quietest half window of the last two seconds, between -80 and -25 dB:
//         people who talk pause for breath, a room full of people does not. So steady babble is
//         floor within two seconds, and speech above it still ends.
// Thread  owned by one session; allocates nothing.
// Source  minimum statistics: Martin 2001, "Noise power spectral density estimation".
#pragma once

#include "core/audio_frame.h"

#include <array>
#include <span>

namespace antiphon {

struct WindowLevel {
  float first_half_db = -96;
  float second_half_db = -96;
  bool open = false;
  bool first_half_energetic = false;
  bool second_half_energetic = false;
  // Far above the floor, if perhaps no voice: the "s" at the end of a word.
  bool first_half_audible = false;
  bool second_half_audible = false;
};

class VoiceGate {
 public:
  VoiceGate() { minima_.fill(kStartDb); }

  [[nodiscard]] WindowLevel measure(std::span<const Sample> window, bool caller_speaks) noexcept;
  [[nodiscard]] float floor_db() const { return floor_db_; }
  // A new caller turn: its level is not known yet.
  void forget_speech_level() noexcept { speech_db_ = -96; }

 private:
  [[nodiscard]] bool energetic(float level_db) const noexcept;
  [[nodiscard]] bool audible(float level_db) const noexcept;
  void follow(float quiet_db, float loud_db, bool caller_speaks) noexcept;

  static constexpr std::size_t kBlocks = 8;
  static constexpr int kWindowsInBlock = 8;  // 256 ms
  static constexpr float kStartDb = -60;

  std::array<float, kBlocks> minima_{};  // of each block; one is growing
  std::size_t block_ = 0;
  int windows_ = 0;
  float floor_db_ = kStartDb;
  float speech_db_ = -96;  // how loud this caller's speech has been
};

}  // namespace antiphon

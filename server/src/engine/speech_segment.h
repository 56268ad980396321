// Turns windows of "voice: 0 to 1" into a stretch of speech: when it began, how much of it was
// voice, when the last sound of it was.
//
// A segment is confirmed after two voiced windows (64 ms) and stays until the session resets it; an
// unconfirmed one is forgotten after 128 ms without voice. A window counts as voice when the model
// says so AND it is loud against the noise floor: the model alone stays high for 100 ms and more
// after the last sound, and for ever in babble.
// Thread  owned by one session; allocates nothing.
#pragma once

#include "engine/caller_audio.h"
#include "engine/voice_gate.h"

namespace antiphon {

class SpeechSegment {
 public:
  // `end` is one past the window's last sample.
  void window(float probability, const WindowLevel& level, SampleIndex end) noexcept;
  void reset() noexcept { *this = SpeechSegment(); }

  [[nodiscard]] bool confirmed() const { return voiced_windows_ >= kWindowsToConfirm; }
  [[nodiscard]] bool started() const { return voiced_windows_ > 0; }
  [[nodiscard]] Duration voiced() const { return voiced_windows_ * kWindow; }
  // The same, but windows of which the model is not sure count less: babble and hums take longer to
  // be taken for somebody who wants the turn.
  [[nodiscard]] Duration certain() const { return certain_; }
  [[nodiscard]] SampleIndex onset() const { return onset_; }
  // One past the last energetic sample; moves only when voice was heard.
  [[nodiscard]] SampleIndex last_voice() const { return last_voice_; }

  static constexpr Duration kWindow{std::chrono::milliseconds(32)};

 private:
  static constexpr int kWindowsToConfirm = 2;

  int voiced_windows_ = 0;
  Duration certain_{0};
  SampleIndex onset_ = 0;
  SampleIndex last_voice_ = 0;
};

}  // namespace antiphon

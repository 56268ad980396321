// What to do about a sound of the caller while the agent has the turn: pause, then decide, then
// stop or resume.
//
//   sound ≥ pause_after ─▶ pause
//     ──a word that is no backchannel────────────────────────────▶ stop
//     ──short, and quiet again before the hole is heard as a stop──▶ resume; real words still stop
//     ──long and over, no words, or only "uh-huh"─────────────────▶ resume; real words still stop
//     ──still there after 0.7 s and not one word of it────────────▶ resume: babble, music
//     ──still there, and the recognizer has said nothing at all────▶ stop: it may be down
//
// A pause shorter than 300 ms is not heard as the agent stopping, so a short sound is let pass
// before its words are known: most are "uh-huh", and the others stop the agent 200 ms later.
// Thread  owned by one session; update() allocates nothing.
#pragma once

#include "engine/backchannels.h"
#include "engine/settings.h"

#include <cstdint>

namespace antiphon {

class BargeIn {
 public:
  enum class Decision : std::uint8_t { none, pause, stop, resume };

  explicit BargeIn(const TurnTiming& timing) : timing_(timing) {}

  // Once per tick while the agent has the turn and the caller makes a sound. `voiced`: how much of
  // it is certainly voice; `quiet`: since the last sound of it.
  [[nodiscard]] Decision update(Duration voiced, Duration quiet, Timepoint now) noexcept;
  // What the recognizer makes of the sound, as often as it says so.
  void heard(Wording wording) noexcept;
  // The sound is over and decided.
  void reset() noexcept;
  [[nodiscard]] bool paused() const { return stage_ == Stage::paused; }

 private:
  enum class Stage : std::uint8_t { idle, paused, resumed, ignored };
  [[nodiscard]] Decision decide(Duration voiced, Duration quiet, Timepoint now) const noexcept;

  // The hole in the agent's sound stays under 300 ms, with two frames to spare; and whoever draws
  // breath between two words has that long to go on.
  static constexpr Duration kHoleMax{std::chrono::milliseconds(250)};
  static constexpr Duration kShortQuiet{std::chrono::milliseconds(70)};
  static constexpr Duration kQuiet{std::chrono::milliseconds(100)};
  static constexpr Duration kWordsExpected{std::chrono::milliseconds(400)};
  static constexpr Duration kRecognizerDown{std::chrono::milliseconds(600)};
  static constexpr Duration kWordlessMax{std::chrono::milliseconds(700)};

  TurnTiming timing_;
  Stage stage_ = Stage::idle;
  Wording wording_ = Wording::none;
  bool answered_ = false;  // the recognizer has said something about this sound
  Timepoint paused_at_{};
  Duration voiced_before_{0};  // of the sound, when it was last resumed
};

}  // namespace antiphon

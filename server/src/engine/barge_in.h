// What to do about a sound of the caller while the agent has the turn: pause, then decide, then
// stop or resume.
//
//   sound ≥ pause_after ─▶ pause
//     ──a word that is no backchannel────────────────────────▶ stop
//     ──speech ≥ 2 × stop_after without words, or still there─▶ stop (at the 500 ms limit)
//     ──a cough: quiet again before stop_after───────────────▶ resume
//     ──"uh-huh", or nothing known after 500 ms──────────────▶ resume; real words still stop
//
// Thread  owned by one session; update() allocates nothing, words() may.
#pragma once

#include "engine/settings.h"

#include <cstdint>
#include <string_view>

namespace antiphon {

enum class Wording : std::uint8_t { none, backchannel, words };

// "uh-huh", "okay", "I see": the listener listens. Anything else with a letter in it is words.
[[nodiscard]] Wording wording_of(std::string_view text);

class BargeIn {
 public:
  enum class Decision : std::uint8_t { none, pause, stop, resume };

  explicit BargeIn(const TurnTiming& timing) : timing_(timing) {}

  // Once per tick while the agent has the turn and the caller makes a sound. `quiet`: since the
  // last sound of it.
  [[nodiscard]] Decision update(Duration voiced, Duration quiet, Timepoint now) noexcept;
  void words(std::string_view text);
  // The sound is over and decided.
  void reset() noexcept;
  [[nodiscard]] bool paused() const { return stage_ == Stage::paused; }

 private:
  enum class Stage : std::uint8_t { idle, paused, resumed };
  [[nodiscard]] Decision decide(Duration voiced, Duration quiet, Timepoint now) const noexcept;

  static constexpr Duration kDecideWithin{std::chrono::milliseconds(460)};
  static constexpr Duration kQuietAgain{std::chrono::milliseconds(160)};

  TurnTiming timing_;
  Stage stage_ = Stage::idle;
  Wording wording_ = Wording::none;
  Timepoint paused_at_{};
};

}  // namespace antiphon

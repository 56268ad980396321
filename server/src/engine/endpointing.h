// Decides when the caller's turn is over.
//
// Once silence (counted from the last energetic sample of a confirmed segment) reaches silence_min
// the turn detector is asked, and again every 200 ms; a probability of 0.5 ends the turn at once,
// silence_max ends it whatever was said. Words that plainly go on ("and", "my number is") hold a
// confident detector back until two thirds of silence_max. Any new sound of the caller starts all
// of it again.
// Thread  owned by one session; allocates nothing.
#pragma once

#include "engine/settings.h"
#include "engine/text_rules.h"

#include <cstdint>

namespace antiphon {

class Endpointing {
 public:
  enum class Verdict : std::uint8_t { wait, ask, end };

  explicit Endpointing(const TurnTiming& timing) : timing_(timing) {}

  // Once per tick while the caller has the turn.
  [[nodiscard]] Verdict pause(Duration silence) noexcept;
  // The number of the question just asked for; give it back with its answer.
  [[nodiscard]] std::uint32_t question() const { return question_; }
  void judged(std::uint32_t question, float probability) noexcept;
  // The detector failed: silence alone decides, at half of silence_max.
  void unjudged(std::uint32_t question) noexcept;
  void text(TextVerdict verdict) noexcept { text_ = verdict; }
  void reset() noexcept;

 private:
  static constexpr Duration kAskEvery{std::chrono::milliseconds(200)};
  static constexpr float kComplete = 0.5F;

  TurnTiming timing_;
  TextVerdict text_ = TextVerdict::unknown;
  Duration asked_at_{-1};  // the silence at the last question of this pause
  std::uint32_t question_ = 0;
  bool waiting_ = false;
  bool complete_ = false;
  bool blind_ = false;
};

}  // namespace antiphon

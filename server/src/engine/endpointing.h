// Decides when the caller's turn is over.
//
// The turn ends after a silence (counted from the last energetic sample of a confirmed segment)
// whose length depends on what the sound (turn detector), the words and the expected value say
// about it: required_silence(). The detector is asked once the silence reaches silence_min, and
// again every 200 ms, three times a pause at most. silence_max ends the turn whatever was said,
// except in the middle of a value that was asked for. Where silence_max is not longer than
// silence_min the silence decides alone and the detector costs nothing. Any new sound of the caller
// starts all of it again.
// Source  tuned on one half of the corpus of bench/turns; measured on the other.
// Thread  owned by one session; allocates nothing.
#pragma once

#include "domain/turn.h"
#include "engine/expectation.h"
#include "engine/settings.h"
#include "engine/text_rules.h"

#include <cstdint>
#include <optional>

namespace antiphon {

// What is known about a pause.
struct TurnEvidence {
  TextVerdict text = TextVerdict::unknown;
  ValueVerdict value = ValueVerdict::none;
  std::optional<float> complete;  // the detector's probability; none: not known, or it failed
};

// The silence after which a turn with this evidence is over.
[[nodiscard]] Duration required_silence(const TurnTiming& timing, const TurnEvidence& evidence);

class Endpointing {
 public:
  enum class Verdict : std::uint8_t { wait, ask, end };

  explicit Endpointing(const TurnTiming& timing) : timing_(timing) {}

  // Once per tick while the caller has the turn.
  [[nodiscard]] Verdict pause(Duration silence) noexcept;
  // The number of the question just asked for; give it back with its answer.
  [[nodiscard]] std::uint32_t question() const { return question_; }
  void judged(std::uint32_t question, float probability) noexcept;
  // The detector failed: silence and words decide.
  void unjudged(std::uint32_t question) noexcept;
  void words(TextVerdict text, ValueVerdict value) noexcept;
  [[nodiscard]] const TurnEvidence& evidence() const { return evidence_; }
  // The turn is so near its end that an answer may be begun.
  [[nodiscard]] bool nearly_over(Duration silence) const noexcept;
  // For the next turn: another profile.
  void set_profile(TurnProfile profile) noexcept { timing_.profile = profile; }
  void reset() noexcept;

 private:
  static constexpr Duration kAskEvery{std::chrono::milliseconds(200)};
  static constexpr int kQuestionsMax = 3;
  // About what a language model and a synthesizer need to their first sound.
  static constexpr Duration kLead{std::chrono::milliseconds(400)};

  TurnTiming timing_;
  TurnEvidence evidence_;
  Duration asked_at_{-1};  // the silence at the last question of this pause
  std::uint32_t question_ = 0;
  int asked_ = 0;
  bool waiting_ = false;
};

}  // namespace antiphon

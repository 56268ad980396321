#include "engine/endpointing.h"

#include <algorithm>

namespace antiphon {

namespace {

using std::chrono::milliseconds;

// Where the detector's probability counts as yes, and as no.
constexpr float kComplete = 0.5F;
constexpr float kSurelyComplete = 0.9F;
constexpr Duration kWholeValue = milliseconds(500);
constexpr Duration kHalfValueMax = milliseconds(2'200);

struct Waits {
  Duration sure;      // words and sound agree that it is over
  Duration likely;    // one says so, the other does not know
  Duration unsure;    // they contradict each other, or nobody knows
  Duration doubtful;  // the sound says that it goes on
  Duration dictating;
};

constexpr Waits kFast{milliseconds(350), milliseconds(450), milliseconds(600), milliseconds(800),
                      milliseconds(900)};
constexpr Waits kBalanced{milliseconds(500), milliseconds(660), milliseconds(950),
                          milliseconds(1'200), milliseconds(1'300)};
constexpr Waits kPatient{milliseconds(900), milliseconds(1'100), milliseconds(1'400),
                         milliseconds(1'800), milliseconds(2'200)};

const Waits& waits_of(TurnProfile profile) {
  switch (profile) {
    case TurnProfile::fast:
      return kFast;
    case TurnProfile::patient:
      return kPatient;
    case TurnProfile::balanced:
      break;
  }
  return kBalanced;
}

Duration wait_of(const Waits& waits, const TurnEvidence& evidence, Duration longest) {
  if (evidence.value == ValueVerdict::whole) return kWholeValue;
  if (evidence.value == ValueVerdict::likely) return longest;
  if (evidence.text == TextVerdict::open) return longest;
  if (evidence.text == TextVerdict::dictating) return waits.dictating;
  const bool closed = evidence.text == TextVerdict::closed;
  if (!evidence.complete) return closed ? waits.likely : waits.unsure;
  const float complete = *evidence.complete;
  if (complete >= kSurelyComplete) return closed ? waits.sure : waits.likely;
  if (complete >= kComplete) return closed ? waits.likely : waits.unsure;
  return closed ? waits.unsure : waits.doubtful;
}

}  // namespace

Duration required_silence(const TurnTiming& timing, const TurnEvidence& evidence) {
  if (evidence.value == ValueVerdict::open) return std::max(kHalfValueMax, timing.silence_max);
  const Duration wait = wait_of(waits_of(timing.profile), evidence, timing.silence_max);
  return std::clamp(wait, timing.silence_min, std::max(timing.silence_min, timing.silence_max));
}

Endpointing::Verdict Endpointing::pause(Duration silence) noexcept {
  if (silence < timing_.silence_min) {
    if (asked_at_ >= Duration::zero()) reset();
    return Verdict::wait;
  }
  const bool nothing_to_ask = timing_.silence_max <= timing_.silence_min;
  if (nothing_to_ask) {
    return silence >= required_silence(timing_, evidence_) ? Verdict::end : Verdict::wait;
  }
  // An answer to the first question changes much; it is worth waiting for.
  const bool answered = !waiting_ || asked_ > 1 || silence >= timing_.silence_max;
  const bool asked = asked_ > 0;
  if (asked && answered && silence >= required_silence(timing_, evidence_)) return Verdict::end;
  const bool due = !asked || silence - asked_at_ >= kAskEvery;
  if (waiting_ || !due || asked_ >= kQuestionsMax) return Verdict::wait;
  asked_at_ = silence;
  waiting_ = true;
  ++asked_;
  ++question_;
  return Verdict::ask;
}

bool Endpointing::nearly_over(Duration silence) const noexcept {
  const bool asked = asked_ > 0 && (!waiting_ || asked_ > 1);
  return asked && silence + kLead >= required_silence(timing_, evidence_);
}

void Endpointing::judged(std::uint32_t question, float probability) noexcept {
  if (question != question_ || !waiting_) return;
  waiting_ = false;
  evidence_.complete = probability;
}

void Endpointing::unjudged(std::uint32_t question) noexcept {
  if (question != question_ || !waiting_) return;
  waiting_ = false;
  evidence_.complete.reset();
}

void Endpointing::words(TextVerdict text, ValueVerdict value) noexcept {
  evidence_.text = text;
  evidence_.value = value;
}

void Endpointing::reset() noexcept {
  asked_at_ = Duration(-1);
  asked_ = 0;
  waiting_ = false;
  evidence_.complete.reset();
  // A late answer to an old question must not match the next one.
  ++question_;
}

}  // namespace antiphon

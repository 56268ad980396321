#include "engine/endpointing.h"

namespace antiphon {

Endpointing::Verdict Endpointing::pause(Duration silence) noexcept {
  if (silence < timing_.silence_min) {
    if (asked_at_ >= Duration::zero()) reset();
    return Verdict::wait;
  }
  if (silence >= timing_.silence_max) return Verdict::end;
  const bool held = text_ == TextVerdict::open && silence < timing_.silence_max * 2 / 3;
  if (complete_ && !held) return Verdict::end;
  if (blind_ && !held && silence >= timing_.silence_max / 2) return Verdict::end;
  const bool due = asked_at_ < Duration::zero() || silence - asked_at_ >= kAskEvery;
  if (waiting_ || complete_ || blind_ || !due) return Verdict::wait;
  asked_at_ = silence;
  waiting_ = true;
  ++question_;
  return Verdict::ask;
}

void Endpointing::judged(std::uint32_t question, float probability) noexcept {
  if (question != question_ || !waiting_) return;
  waiting_ = false;
  complete_ = probability >= kComplete;
}

void Endpointing::unjudged(std::uint32_t question) noexcept {
  if (question != question_ || !waiting_) return;
  waiting_ = false;
  blind_ = true;
}

void Endpointing::reset() noexcept {
  asked_at_ = Duration(-1);
  waiting_ = false;
  complete_ = false;
  blind_ = false;
  // A late answer to an old question must not match the next one.
  ++question_;
}

}  // namespace antiphon

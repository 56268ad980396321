#include "engine/barge_in.h"

#include "engine/speech_segment.h"

namespace antiphon {

namespace {

// Half a window: three windows of 32 ms are "about 100 ms".
constexpr Duration kRounding = SpeechSegment::kWindow / 2;

}  // namespace

BargeIn::Decision BargeIn::decide(Duration voiced, Duration quiet, Timepoint now) const noexcept {
  if (wording_ == Wording::words) return Decision::stop;
  const Duration paused = now - paused_at_;
  const bool is_short = voiced - voiced_before_ < 2 * timing_.stop_after;
  if (paused < kHoleMax) return Decision::none;
  if (is_short && quiet >= kShortQuiet) return Decision::resume;
  if (quiet >= kQuiet) {
    // Long enough for a word that is not known yet: it is worth waiting for.
    const bool known = wording_ == Wording::backchannel;
    const bool worth_waiting = !is_short && !known && quiet < kWordsExpected;
    return worth_waiting ? Decision::none : Decision::resume;
  }
  if (!answered_ && paused >= kRecognizerDown) return Decision::stop;
  return paused >= kWordlessMax ? Decision::resume : Decision::none;
}

BargeIn::Decision BargeIn::update(Duration voiced, Duration quiet, Timepoint now) noexcept {
  switch (stage_) {
    case Stage::idle:
    case Stage::resumed:
      if (stage_ == Stage::resumed && wording_ == Wording::words) return Decision::stop;
      if (voiced - voiced_before_ + kRounding < timing_.pause_after) return Decision::none;
      stage_ = Stage::paused;
      paused_at_ = now;
      return Decision::pause;
    case Stage::ignored:
      return wording_ == Wording::words ? Decision::stop : Decision::none;
    case Stage::paused:
      break;
  }
  const Decision decision = decide(voiced, quiet, now);
  if (decision == Decision::resume) {
    stage_ = quiet >= kShortQuiet ? Stage::resumed : Stage::ignored;
    voiced_before_ = voiced;
  }
  return decision;
}

void BargeIn::heard(Wording wording) noexcept {
  // Words of the turn that was answered are no comment on the answer.
  if (stage_ == Stage::idle) return;
  answered_ = true;
  wording_ = wording;
}

void BargeIn::reset() noexcept {
  stage_ = Stage::idle;
  wording_ = Wording::none;
  answered_ = false;
  voiced_before_ = Duration(0);
}

}  // namespace antiphon

// The 20 ms path of a session. Nothing here allocates, locks, throws, logs or awaits, except
// settle() and what it calls.
#include "engine/session.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace antiphon {

using namespace session_parts;  // the names of what is due

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kThinkingMax = seconds(8);
constexpr Duration kSilentSpeakingMax = seconds(4);
constexpr Duration kHearingMax = seconds(60);
// In babble the voice never stops; words that no longer change are the end of the turn then.
constexpr Duration kWordsUnchangedMax = milliseconds(2'500);
constexpr Duration kFinishSoundAfter = milliseconds(160);
constexpr Duration kSoundOverAfter = milliseconds(400);
constexpr Duration kSoundOverAtLast = milliseconds(1'500);
constexpr float kMaybeVoice = 0.3F;
constexpr int kAudibleLevel = 200;  // of 32,767: what a synthesizer's noise floor never reaches

bool is_acting(const AgentTurn& agent) noexcept {
  return agent.pipeline && agent.pipeline->right()->acting;
}

Timepoint thought_since(const AgentTurn& agent) noexcept {
  return std::max(agent.began, agent.pipeline->right()->acted);
}

// A model that has just been given a tool's result thinks again.
Duration silence_max(const AgentTurn& agent, Timepoint last_frame) noexcept {
  const Timepoint acted = agent.pipeline ? agent.pipeline->right()->acted : last_frame;
  return acted > last_frame ? acted - last_frame + kThinkingMax : kSilentSpeakingMax;
}

bool is_audible(const AudioFrame& frame) noexcept {
  return std::ranges::any_of(frame.samples,
                             [](Sample sample) { return std::abs(int{sample}) >= kAudibleLevel; });
}

}  // namespace

bool Session::listen(VoiceActivityDetector::Input& input) noexcept {
  if (state_ == TurnState::closing || state_ == TurnState::closed) return false;
  if (!audio_.window(input.samples)) return false;
  echo_.received(input.samples);
  level_ = gate_.measure(input.samples, segment_.confirmed());
  if (level_.open || segment_.started()) return true;
  voice_state_.skip(input);
  judged(0);
  return false;
}

void Session::judged(float probability) noexcept {
  if (probability >= kMaybeVoice && echo_.is_echo()) {
    services_.metrics.echoes.add();
    probability = 0;
  }
  segment_.window(probability, level_, audio_.read_to());
}

Duration Session::quiet(Timepoint now) const noexcept {
  return now - audio_.time_of(segment_.last_voice());
}

bool Session::interruptible() const noexcept {
  // While it thinks about an answer the caller may always go on.
  if (state_ == TurnState::thinking && agent_.prompt == Prompt::answer) return true;
  if (agent_.pipeline && agent_.pipeline->is_firm(playout_.buffer.taken())) return false;
  return agent_.interruptible;
}

bool Session::tick(Timepoint now) noexcept {
  sent_in_tick_ = false;
  switch (state_) {
    case TurnState::listening:
      if (segment_.confirmed()) note(kSpeechStarted);
      break;
    case TurnState::hearing:
      attend_hearing(now);
      break;
    case TurnState::thinking:
    case TurnState::speaking:
      attend_sound(now);
      send_frame(now);
      break;
    case TurnState::closing:
    case TurnState::closed:
      return false;
  }
  if (!sent_in_tick_) echo_.sent_nothing(kFrameSamples.value());
  watch(now);
  return due_ != 0;
}

void Session::attend_hearing(Timepoint now) noexcept {
  const Duration silence = quiet(now);
  switch (endpointing_.pause(silence)) {
    case Endpointing::Verdict::ask:
      note(kAsk);
      break;
    case Endpointing::Verdict::end:
      note(kTurnEnded);
      break;
    case Endpointing::Verdict::wait:
      break;
  }
  const bool known = !caller_.feeding && !caller_.awaiting_final;
  if (!guess_ && known && endpointing_.nearly_over(silence)) note(kGuess);
  if (silence < settings_.turn.silence_min && !caller_.feeding) note(kVoiceAgain);
  const bool words_done = !caller_.text.empty() && now - caller_.text_changed >= kWordsUnchangedMax;
  if (now - state_since_ >= kHearingMax || (words_done && now - state_since_ >= kWordsUnchangedMax))
    note(kTurnEnded);
}

void Session::attend_sound(Timepoint now) noexcept {
  const bool sound = segment_.started();
  if (!sound && !barge_in_.paused()) return;
  if (state_ == TurnState::thinking && !agent_.pipeline) {
    // No reply exists yet: the caller simply goes on.
    if (segment_.confirmed()) note(kStop);
    return;
  }
  const Duration silence = sound ? quiet(now) : kSoundOverAtLast;
  if (!interruptible()) {
    if (silence >= kSoundOverAfter) note(kSoundOver);
    return;
  }
  switch (barge_in_.update(segment_.certain(), silence, now)) {
    case BargeIn::Decision::pause:
      holding_ = true;
      held_since_ = now;
      note(kPause);
      break;
    case BargeIn::Decision::stop:
      if (!std::exchange(holding_, true)) held_since_ = now;
      note(kStop);
      return;
    case BargeIn::Decision::resume:
      note(kResume);
      break;
    case BargeIn::Decision::none:
      break;
  }
  if (caller_.feeding && silence >= kFinishSoundAfter) note(kFinishSound);
  if (!caller_.feeding && holding_ && silence < kFinishSoundAfter / 2) note(kVoiceAgain);
  const bool known = !caller_.feeding && !caller_.awaiting_final;
  if (!barge_in_.paused() && silence >= (known ? kSoundOverAfter : kSoundOverAtLast)) {
    note(kSoundOver);
  }
}

void Session::send_frame(Timepoint now) noexcept {
  if (holding_ || !agent_.pipeline || transport_ == nullptr) return;
  AudioFrame frame;
  if (!playout_.buffer.take(frame)) {
    if (agent_.pipeline->complete() && playout_.buffer.drained()) note(kPlayoutDone);
    return;
  }
  frame.captured_at = now;
  frame.origin = Origin::received;
  transport_->send(frame);
  echo_.sent(frame.samples);
  sent_in_tick_ = true;
  if (sound_) sound_->agent(now, frame.samples);
  last_frame_ = now;
  if (!std::exchange(agent_.sent, true)) note(kFirstAudio);
  if (!agent_.audible && is_audible(frame)) {
    agent_.audible = true;
    waterfall_.stamp(Waterfall::Step::first_audio_sent, now);
    note(kAudible);
  }
}

void Session::watch(Timepoint now) noexcept {
  if (now >= time_up_) note(kTimeUp);
  if (now >= hard_end_) note(kHardEnd);
  switch (state_) {
    case TurnState::listening:
      if (!segment_.started() && now - idle_since_ >= settings_.idle_reminder) note(kIdle);
      break;
    case TurnState::thinking:
      if (holding_) break;
      if (!agent_.pipeline && now >= caller_.final_due) note(kTranscriptMissing);
      if (agent_.pipeline && !is_acting(agent_) && now - thought_since(agent_) >= kThinkingMax)
        note(kReplyStalled);
      break;
    case TurnState::speaking:
      if (!holding_ && !is_acting(agent_) && now - last_frame_ >= silence_max(agent_, last_frame_))
        note(kReplyStalled);
      break;
    default:
      break;
  }
}

void Session::settle() {
  const std::uint32_t due = std::exchange(due_, 0);
  if (due & kHardEnd) return close(EndReason::duration_limit);
  settle_caller(due);
  settle_agent(due);
}

void Session::settle_caller(std::uint32_t due) {
  if (due & kSpeechStarted) start_hearing();
  if (due & kVoiceAgain) continue_utterance();
  if (due & kAsk) ask();
  if (due & kGuess) guess();
  if (due & kTurnEnded) end_turn();
  if (due & kPause) pause();
  if (due & kFinishSound) finish_utterance();
  if (due & kResume) resume();
  if (due & kStop) stop();
  if (due & kSoundOver) end_sound();
}

void Session::settle_agent(std::uint32_t due) {
  if (due & kFirstAudio) on_first_audio();
  if (due & kAudible) on_audible();
  if (due & kPlayoutDone) on_playout_done();
  if (due & kTranscriptMissing) end_transcript_wait();
  if (due & kReplyStalled) on_reply_stalled();
  if (due & kIdle) on_idle();
  if (due & kTimeUp) {
    time_up_ = Timepoint::max();
    hard_end_ = services_.clock.now() + seconds(15);
    say(Prompt::goodbye, settings_.goodbye, EndReason::duration_limit);
  }
}

}  // namespace antiphon

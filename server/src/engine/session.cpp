#include "engine/session.h"

#include "core/utf8.h"
#include "engine/event_kinds.h"

#include <boost/describe/enum_to_string.hpp>

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kTypedCharactersMax = 4'000;

TurnEvent ending_event(EndReason reason) {
  if (reason == EndReason::failure) return TurnEvent::failure;
  return reason == EndReason::handed_over ? TurnEvent::transfer : TurnEvent::hang_up;
}

}  // namespace

Session::Session(const SessionServices& services, SessionPlan plan, MediaTransport& transport,
                 Executor executor)
    : services_(services),
      plan_(std::move(plan)),
      settings_(settings_of(plan_.conversation.workspace, plan_.configuration)),
      executor_(std::move(executor)),
      transport_(&transport),
      recorder_(services_.clock, services_.journal, plan_.conversation, &transport),
      endpointing_(settings_.turn),
      barge_in_(settings_.turn),
      backchannels_(settings_.backchannels),
      recognition_(services_.recognizer.open(settings_.hearing)),
      ending_(executor_, 1, WhenFull::refuse),
      ended_(executor_, 1, WhenFull::refuse),
      tool_tasks_(executor_),
      tasks_(executor_) {
  make_tool_desk();
  const Timepoint now = services_.clock.now();
  state_since_ = now;
  idle_since_ = now;
  time_up_ = now + settings_.duration_max;
  expect(plan_.opening);
}

std::size_t Session::task_count() const {
  std::size_t count = tasks_.size() + tool_tasks_.size();
  if (agent_.pipeline && !agent_.pipeline->idle()) ++count;
  for (const auto& pipeline : retired_)
    count += pipeline->idle() ? 0 : 1;
  return count;
}

// Before anything else is recorded, and once: a transport may type or hang up before run() has had
// its first turn.
void Session::begin_record() {
  if (std::exchange(recording_, true)) return;
  recorder_.started();
  recorder_.event(event_kind::kSessionStarted,
                  TextObject()
                      .add("conversation", recorder_.conversation().id.to_string())
                      .add("agent", recorder_.conversation().agent.to_string()));
  begin_sound();
}

Task<> Session::run() {
  begin_record();
  if (!end_reason_) {
    tasks_.spawn(recognize());
    const bool greets = state_ == TurnState::listening && !settings_.greeting.empty();
    if (greets) say(Prompt::greeting, settings_.greeting);
  }
  while (!end_reason_) {
    const auto ended = co_await ending_.receive();
    // Cancelled with the worker: the record is still completed.
    if (!ended && !end_reason_) close(EndReason::failure);
  }
  tasks_.cancel();
  co_await tasks_.join();
  for (const auto& pipeline : retired_)
    co_await pipeline->join();
  if (co_await is_cancelled()) tool_tasks_.cancel();
  co_await tool_tasks_.join();
  const EndReason reason = *end_reason_;
  recorder_.event(event_kind::kSessionEnded,
                  TextObject().add("reason", boost::describe::enum_to_string(reason, "")));
  recorder_.ended(
      reason == EndReason::failure ? ConversationStatus::failed : ConversationStatus::ended,
      reason);
  if (sound_) sound_->finish();
  if (transport_ != nullptr) transport_->finish(reason);
  apply(TurnEvent::flushed);
  ended_.close();
}

Task<> Session::closed() {
  const auto done = co_await ended_.receive();
  static_cast<void>(done);
}

bool Session::apply(TurnEvent event) {
  const auto next = next_state(state_, event);
  if (!next) return false;
  state_ = *next;
  state_since_ = services_.clock.now();
  idle_since_ = state_since_;
  return true;
}

void Session::receive(const AudioFrame& frame) noexcept {
  if (state_ == TurnState::closing || state_ == TurnState::closed) return;
  if (!audio_.push(frame, services_.clock.now())) {
    services_.metrics.caller_frames_dropped.add();
    return;
  }
  if (sound_) sound_->caller(services_.clock.now(), frame.samples);
  if (!caller_.feeding) return;
  recognition_->push(frame.samples);
  caller_.fed_to = audio_.end();
}

void Session::receive_text(std::string text) {
  if (state_ == TurnState::closing || state_ == TurnState::closed) return;
  text = utf8_prefix(text, kTypedCharactersMax);
  if (text.empty() || !is_valid_utf8(text)) return;
  begin_record();
  drop_guess();
  keep_unanswered();
  if (agent_.pipeline) end_reply(true);
  record_caller();
  end_sound();
  rest_.clear();
  holding_ = false;
  const Timepoint now = services_.clock.now();
  caller_ = {};
  caller_.utterance = ++utterances_;
  caller_.text = std::move(text);
  caller_.began = now;
  caller_.speech_end = now;
  waterfall_.clear();
  apply(TurnEvent::agent_takes_turn);
  answer();
}

void Session::hang_up(EndReason reason) { close(reason); }

void Session::detach() {
  recorder_.detach();
  transport_ = nullptr;
  close(EndReason::transport_lost);
}

void Session::close(EndReason reason) {
  if (end_reason_) return;
  begin_record();
  end_reason_ = reason;
  drop_guess();
  keep_unanswered();
  if (agent_.pipeline) end_reply(state_ == TurnState::speaking && !playout_.buffer.drained());
  record_caller();
  apply(ending_event(reason));
  due_ = 0;
  caller_.feeding = false;
  ending_.close();
}

}  // namespace antiphon

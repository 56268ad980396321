// The agent's side of a session: what it says, why, and what of it was heard.
#include "engine/event_kinds.h"
#include "engine/session.h"
#include "engine/words.h"

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <utility>

namespace antiphon {

BOOST_DESCRIBE_ENUM(Prompt, answer, greeting, reminder, goodbye, clarify, trouble, rest)

namespace {

using std::chrono::milliseconds;

// Voice for this long without a word deserves a question; less was a cough.
constexpr Duration kWorthAsking = milliseconds(800);
constexpr int kFailuresInARowMax = 3;

std::optional<EndReason> reason_of(ReplyAction action) {
  switch (action) {
    case ReplyAction::end_call:
      return EndReason::agent_said_goodbye;
    case ReplyAction::hand_over:
      return EndReason::handed_over;
    case ReplyAction::none:
      break;
  }
  return std::nullopt;
}

}  // namespace

void Session::answer() {
  const bool nothing = words_of(caller_.text).empty();
  if (nothing ||
      (!rest_.empty() && backchannels_.wording_of(caller_.text) == Wording::backchannel)) {
    return answer_nothing();
  }
  rest_.clear();
  reminders_used_ = 0;
  waterfall_.stamp(Waterfall::Step::transcript_final, caller_.final_at);
  unrecorded_ = {caller_.text, caller_.began, caller_.speech_end, caller_.utterance};
  recorder_.event(event_kind::kTranscriptFinal,
                  TextObject()
                      .add("turn", static_cast<std::int64_t>(caller_.utterance))
                      .add("text", caller_.text));
  if (guessed(caller_.text)) return take_up_guess();
  drop_guess();
  ReplyRequest asked = request();
  session_parts::AgentTurn turn;
  turn.interruptible = settings_.turn.interruptible;
  turn.pipeline = make_pipeline(asked.generation);
  turn.pipeline->right()->grant();
  auto thought = think(std::move(asked), *turn.pipeline);
  start_reply(std::move(turn), std::move(thought));
}

ReplyRequest Session::request() {
  ReplyRequest request;
  request.generation = GenerationId(Uuid::make_random(services_.random));
  request.workspace = recorder_.conversation().workspace;
  request.agent = recorder_.conversation().agent;
  request.knowledge_bases = plan_.knowledge_bases;
  request.configuration = plan_.configuration;
  if (tools_) context_.add(Speaker::agent, {}, tools_->take_late());
  request.history = context_.answering(caller_.text);
  return request;
}

// A sound that asks for no answer: the agent takes up what it was saying, asks back, or waits.
void Session::answer_nothing() {
  waterfall_.clear();
  drop_guess();
  const bool understood = !words_of(caller_.text).empty();
  if (understood) {
    unrecorded_ = {caller_.text, caller_.began, caller_.speech_end, caller_.utterance};
    recorder_.event(event_kind::kTranscriptFinal,
                    TextObject()
                        .add("turn", static_cast<std::int64_t>(caller_.utterance))
                        .add("text", caller_.text));
  }
  if (!rest_.empty()) {
    services_.metrics.false_stops.add();
    return say(Prompt::rest, std::exchange(rest_, {}));
  }
  if (caller_.voiced >= kWorthAsking) return say(Prompt::clarify, settings_.clarify);
  apply(TurnEvent::reply_empty);
}

std::unique_ptr<ReplyPipeline> Session::make_pipeline(GenerationId generation) {
  return std::make_unique<ReplyPipeline>(
      generation, executor_, services_.clock, services_.synthesizer,
      VoiceChoice{settings_.voice, settings_.speech_text}, playout_, *this);
}

void Session::say(Prompt prompt, std::string text, std::optional<EndReason> end_after) {
  drop_guess();
  const bool answers_caller = prompt == Prompt::clarify || prompt == Prompt::rest;
  if (!answers_caller) keep_unanswered();
  // Nobody will answer what is said from here on.
  if (end_after == EndReason::duration_limit) end_sound();
  if (agent_.pipeline) end_reply(true);
  if (!answers_caller) record_caller();
  holding_ = false;
  if (!apply(TurnEvent::agent_takes_turn)) return;
  session_parts::AgentTurn turn;
  turn.prompt = prompt;
  turn.end_after = end_after;
  turn.interruptible = settings_.turn.interruptible && end_after != EndReason::duration_limit;
  turn.pipeline = make_pipeline(GenerationId(Uuid::make_random(services_.random)));
  if (prompt != Prompt::answer) waterfall_.clear();
  start_reply(std::move(turn), make_phrase(std::move(text), ReplyAction::none));
}

void Session::say_trouble() {
  if (++failures_in_a_row_ >= kFailuresInARowMax) {
    return say(Prompt::goodbye, settings_.goodbye, EndReason::failure);
  }
  say(Prompt::trouble, settings_.trouble);
}

void Session::start_reply(session_parts::AgentTurn turn, std::unique_ptr<ReplyStream> stream) {
  sweep();
  agent_ = std::move(turn);
  agent_.began = services_.clock.now();
  resumed_at_ = 0;
  recorder_.event(event_kind::kReplyStarted,
                  TextObject()
                      .add("generation", agent_.pipeline->generation().to_string())
                      .add("prompt", boost::describe::enum_to_string(agent_.prompt, "")));
  agent_.pipeline->start(std::move(stream));
}

void Session::sweep() {
  std::erase_if(retired_, [](const auto& pipeline) { return pipeline->idle(); });
}

void Session::record_caller() {
  auto turn = std::exchange(unrecorded_, {});
  if (turn.text.empty()) return;
  recorded_ = turn.utterance;
  recorded_text_ = turn.text;
  Message message;
  message.speaker = Speaker::caller;
  message.said = turn.text;
  message.heard = turn.text;
  message.started = recorder_.at(turn.began);
  message.ended = recorder_.at(turn.ended);
  recorder_.message(std::move(message));
  context_.add(Speaker::caller, std::move(turn.text));
}

// What was understood of a turn that will not be answered any more, because something else comes
// first: a typed question, the end of the call.
void Session::keep_unanswered() {
  const bool unanswered =
      state_ == TurnState::hearing ||
      (state_ == TurnState::thinking && agent_.prompt == Prompt::answer && !agent_.sent);
  if (!unanswered || !caller_.spoken || words_of(caller_.text).empty()) return;
  if (caller_.utterance == recorded_) return;
  if (unrecorded_.utterance != caller_.utterance) record_caller();
  unrecorded_ = {caller_.text, caller_.began, services_.clock.now(), caller_.utterance};
}

// Up to here the reply was heard, as far as anybody knows: what was sent and not played is thrown
// away when the caller interrupts. The far side holds no more than it was sent since then.
SampleIndex Session::heard_to() const {
  const SampleIndex taken = playout_.buffer.taken();
  return taken - std::min(taken - resumed_at_, unplayed_);
}

// Writes down the running reply as it was heard, and cancels what is left of it.
void Session::end_reply(bool interrupted) {
  auto pipeline = std::move(agent_.pipeline);
  if (agent_.prompt == Prompt::answer) expect(pipeline->directive());
  const std::string generation = pipeline->generation().to_string();
  const SampleIndex heard_end = interrupted ? heard_to() : playout_.buffer.taken();
  std::string heard = agent_.sent ? playout_.clock.heard(heard_end) : "";
  const std::string said = pipeline->said();
  if (!interrupted) record_caller();
  const bool is_kept = agent_.sent || (!interrupted && !said.empty());
  if (is_kept) {
    Message message;
    message.speaker = Speaker::agent;
    message.said = said;
    message.heard = heard;
    message.interrupted = interrupted;
    message.generation = pipeline->generation();
    message.started = recorder_.at(agent_.began);
    message.ended = recorder_.at(services_.clock.now());
    message.latency = waterfall_.latency();
    message.citations = pipeline->citations();
    recorder_.message(std::move(message));
  }
  context_.add(Speaker::agent, is_kept ? heard : "", pipeline->right()->outcomes);
  if (tools_ && !interrupted && agent_.prompt == Prompt::answer) tools_->settle();
  rest_.clear();
  if (interrupted && agent_.sent && said.starts_with(heard)) rest_ = said.substr(heard.size());
  recorder_.event(interrupted ? event_kind::kReplyInterrupted : event_kind::kReplyEnded,
                  TextObject().add("generation", generation).add("heard", heard));
  pipeline->cancel();
  retired_.push_back(std::move(pipeline));
}

void Session::on_first_audio() {
  if (!apply(TurnEvent::first_audio)) return;
  agent_.began = last_frame_;
  record_caller();
}

void Session::on_audible() {
  const auto latency = waterfall_.latency();
  if (!latency || !agent_.pipeline) return;
  services_.metrics.first_audio.observe(
      std::chrono::duration<double>(*latency->first_audio_sent).count());
  recorder_.event(event_kind::kReplyLatency,
                  TextObject()
                      .add("generation", agent_.pipeline->generation().to_string())
                      .add_fields(Waterfall::fields(*latency)));
}

void Session::on_playout_done() {
  if (!agent_.pipeline) return;
  const bool model_failed =
      agent_.model_failed || (agent_.prompt == Prompt::answer && agent_.pipeline->said().empty() &&
                              agent_.pipeline->action() == ReplyAction::none);
  const auto reason = agent_.end_after ? agent_.end_after : reason_of(agent_.pipeline->action());
  const bool answered = agent_.prompt == Prompt::answer && agent_.sent;
  end_reply(false);
  if (!apply(TurnEvent::playout_done)) apply(TurnEvent::reply_empty);
  if (reason) return close(*reason);
  if (model_failed) return say_trouble();
  if (answered) failures_in_a_row_ = 0;
}

void Session::on_reply_stalled() {
  if (!agent_.pipeline) return;
  recorder_.event(
      event_kind::kError,
      TextObject().add("code", "reply_stalled").add("message", "the reply made no sound in time"));
  const auto reason = agent_.end_after;
  const bool was_answer = agent_.prompt == Prompt::answer;
  agent_.pipeline->cancel();
  end_reply(false);
  if (!apply(TurnEvent::playout_done)) apply(TurnEvent::reply_empty);
  if (reason) return close(*reason);
  if (was_answer) return say_trouble();
  // Its own sentences make no sound either: saying another one is no help.
  if (++failures_in_a_row_ >= kFailuresInARowMax) close(EndReason::failure);
}

void Session::on_idle() {
  if (state_ != TurnState::listening) return;
  if (reminders_used_ >= settings_.idle_reminders_max) {
    return say(Prompt::goodbye, settings_.goodbye, EndReason::idle);
  }
  ++reminders_used_;
  say(Prompt::reminder, settings_.reminder);
}

void Session::on_first_text() {
  (guess_ ? guess_->waterfall : waterfall_)
      .stamp(Waterfall::Step::first_text, services_.clock.now());
}

void Session::on_first_samples() {
  (guess_ ? guess_->waterfall : waterfall_)
      .stamp(Waterfall::Step::first_audio_ready, services_.clock.now());
}

void Session::on_clause(const std::string& text) {
  if (guess_) return guess_->clauses.push_back(text);
  recorder_.event(
      event_kind::kReplyText,
      TextObject().add("generation", agent_.pipeline->generation().to_string()).add("text", text));
}

void Session::on_model_failed(const Error& error) {
  services_.metrics.reply_failures.add();
  if (guess_) {
    guess_->failed = true;
    return;
  }
  agent_.model_failed = true;
  recorder_.event(event_kind::kError,
                  TextObject().add("code", "reply_failed").add("message", error.message));
}

void Session::on_synthesis_failed(const Error& error) {
  if (guess_) return guess_->synthesis_errors.push_back(error);
  services_.metrics.synthesis_failures.add();
  recorder_.event(event_kind::kError,
                  TextObject().add("code", "synthesis_failed").add("message", error.message));
}

}  // namespace antiphon

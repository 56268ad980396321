// The caller's side of a session: utterances, the end of the turn, sounds while the agent has it.
#include "engine/event_kinds.h"
#include "engine/session.h"
#include "engine/words.h"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace antiphon {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kPreRoll = milliseconds(300);
constexpr Duration kDetectorWindow = seconds(8);
constexpr Duration kDetectorDeadline = milliseconds(600);
constexpr Duration kTranscriptDeadline = seconds(3);
constexpr Duration kRecognizerPause = milliseconds(100);
// Voice for this long without a word was speech that we did not understand, not a cough.
constexpr Duration kSurelySpeech = milliseconds(800);

// The words of `now` beyond as many words as `before` had.
std::string words_beyond(std::string_view before, std::string_view now) {
  const std::size_t known = words_of(before).size();
  const std::vector<std::string> words = words_of(now);
  std::string beyond;
  for (std::size_t at = known; at < words.size(); ++at)
    beyond += words[at] + ' ';
  return beyond;
}

// `now`, led by the words of `lead` that come before its first ones: "one two three", "three four"
// make four words. Where the two do not meet, what was recognized last holds.
std::string after_lead(std::string_view lead, std::string_view now) {
  const std::vector<std::string> first = words_of(lead);
  const std::vector<std::string> words = words_of(now);
  for (std::size_t at = 0; at < first.size() && !words.empty(); ++at) {
    const std::size_t common = first.size() - at;
    if (common > words.size() ||
        !std::equal(first.begin() + static_cast<std::ptrdiff_t>(at), first.end(), words.begin()))
      continue;
    std::string led;
    for (std::size_t before = 0; before < at; ++before)
      led += first[before] + ' ';
    return led += now;
  }
  return std::string(now);
}

// Why the turn was over, for people who ask.
TextObject reasons_of(const TurnEvidence& evidence) {
  TextObject reasons;
  reasons.add("words", boost::describe::enum_to_string(evidence.text, ""));
  if (evidence.value != ValueVerdict::none)
    reasons.add("value", boost::describe::enum_to_string(evidence.value, ""));
  if (evidence.complete) reasons.add("complete_percent", std::llround(100 * *evidence.complete));
  return reasons;
}

SampleIndex earlier(SampleIndex at, Duration by) {
  const SampleIndex samples = samples_in(by);
  return at > samples ? at - samples : 0;
}

}  // namespace

Task<> Session::recognize() {
  while (!end_reason_) {
    auto event = co_await recognition_->next();
    if (end_reason_ || co_await is_cancelled()) co_return;
    if (event) {
      recognition_failures_in_a_row_ = 0;
      on_recognition(*event);
      continue;
    }
    on_recognition_failed(event.error());
    const auto waited = co_await services_.clock.sleep_for(kRecognizerPause);
    if (!waited) co_return;
  }
}

void Session::on_recognition_failed(const Error& error) {
  services_.metrics.recognition_failures.add();
  if (recognition_failures_in_a_row_++ == 0) {
    recorder_.event(event_kind::kError,
                    TextObject().add("code", "recognition_failed").add("message", error.message));
  }
  if (!caller_.awaiting_final) return;
  caller_.awaiting_final = false;
  if (state_ == TurnState::thinking && !agent_.pipeline) end_transcript_wait();
}

void Session::on_recognition(const RecognitionEvent& event) {
  if (event.utterance != caller_.utterance || !caller_.spoken) return;
  // Of results that overtook each other the one that covers more of the sound is the later.
  if (event.audio_end < caller_.covered) return;
  caller_.covered = event.audio_end;
  if (std::string text = after_lead(caller_.lead, event.text); text != caller_.text) {
    caller_.text = std::move(text);
    caller_.text_changed = services_.clock.now();
  }
  if (state_ == TurnState::hearing) weigh_words();
  if (state_ == TurnState::thinking || state_ == TurnState::speaking) {
    barge_in_.heard(backchannels_.wording_of(words_beyond(caller_.before, caller_.text)));
  }
  // The final of a pause after which the caller went on is no more than a partial.
  if (event.kind == RecognitionEvent::Kind::final && !caller_.feeding) return on_final();
  recorder_.notice(event_kind::kTranscriptPartial,
                   TextObject()
                       .add("turn", static_cast<std::int64_t>(caller_.utterance))
                       .add("text", caller_.text));
}

void Session::on_final() {
  caller_.awaiting_final = false;
  caller_.final_at = services_.clock.now();
  if (state_ == TurnState::thinking && !agent_.pipeline) return answer();
  if (state_ != TurnState::hearing) return;
  const bool nothing = words_of(caller_.text).empty() && segment_.voiced() < kSurelySpeech;
  if (!nothing) return;
  end_sound();
  if (rest_.empty()) {
    apply(TurnEvent::speech_rejected);
  } else {
    say(Prompt::rest, std::exchange(rest_, {}));
  }
}

void Session::start_hearing() {
  if (!apply(TurnEvent::speech_started)) return;
  start_utterance();
  endpointing_.reset();
  endpointing_.words(TextVerdict::unknown, ValueVerdict::none);
}

// What the next turn of the caller is to be.
void Session::expect(const TurnDirective& directive) {
  expected_ = directive.expected;
  endpointing_.set_profile(directive.profile.value_or(settings_.turn.profile));
}

void Session::weigh_words() {
  endpointing_.words(judge_text(caller_.text), judge_value(expected_, caller_.text));
}

void Session::start_utterance() {
  const SampleIndex from = earlier(segment_.onset(), kPreRoll);
  caller_ = {};
  caller_.utterance = ++utterances_;
  caller_.spoken = true;
  caller_.feeding = true;
  caller_.began = audio_.time_of(segment_.onset());
  caller_.text_changed = services_.clock.now();
  recognition_->begin(caller_.utterance, audio_.copy(from, audio_.end()));
  caller_.fed_to = audio_.end();
  recorder_.event(event_kind::kSpeechStarted,
                  TextObject().add("turn", static_cast<std::int64_t>(caller_.utterance)));
}

void Session::continue_utterance() {
  if (caller_.feeding || !caller_.spoken) return;
  caller_.feeding = true;
  caller_.awaiting_final = false;
  recognition_->begin(caller_.utterance, audio_.copy(caller_.fed_to, audio_.end()));
  caller_.fed_to = audio_.end();
}

void Session::finish_utterance() {
  if (!caller_.feeding) return;
  caller_.feeding = false;
  caller_.awaiting_final = true;
  recognition_->finish();
}

void Session::ask() {
  if (state_ != TurnState::hearing) return;
  finish_utterance();
  const SampleIndex end = audio_.end();
  const SampleIndex from =
      std::max(earlier(segment_.onset(), kPreRoll), earlier(end, kDetectorWindow));
  tasks_.spawn(ask_turn_detector(endpointing_.question(), audio_.copy(from, end)));
}

Task<> Session::ask_turn_detector(std::uint32_t question, std::vector<Sample> audio) {
  Clock& clock = services_.clock;
  const auto answer = co_await with_deadline(clock, clock.now() + kDetectorDeadline,
                                             services_.turn_detector.completion(std::move(audio)));
  if (end_reason_) co_return;
  if (answer) {
    endpointing_.judged(question, *answer);
    co_return;
  }
  services_.metrics.turn_detector_failures.add();
  endpointing_.unjudged(question);
}

void Session::end_turn() {
  const Duration voiced = segment_.voiced();
  // Of a caller who sends faster than real time the places of samples are only an estimate.
  const Timepoint speech_end = std::max(audio_.time_of(segment_.last_voice()), caller_.began);
  if (!apply(TurnEvent::turn_ended)) return;
  const TurnEvidence evidence = endpointing_.evidence();
  const Timepoint now = services_.clock.now();
  agent_ = {};  // what comes next is an answer, whatever was said last
  caller_.voiced = voiced;
  caller_.speech_end = speech_end;
  caller_.final_due = now + kTranscriptDeadline;
  TextObject ended;
  ended.add("turn", static_cast<std::int64_t>(caller_.utterance))
      .add("speech_end_ms", recorder_.at(speech_end).count())
      .add_fields(reasons_of(evidence));
  recorder_.event(event_kind::kSpeechEnded, std::move(ended));
  waterfall_.begin(speech_end);
  waterfall_.stamp(Waterfall::Step::turn_ended, now);
  finish_utterance();
  segment_.reset();
  gate_.forget_speech_level();
  barge_in_.reset();
  if (!caller_.awaiting_final) answer();
}

void Session::end_transcript_wait() {
  if (state_ != TurnState::thinking || agent_.pipeline) return;
  recorder_.event(event_kind::kError, TextObject()
                                          .add("code", "transcript_missing")
                                          .add("message", "no transcript of the turn arrived"));
  caller_.awaiting_final = false;
  caller_.final_at = services_.clock.now();
  answer();
}

void Session::pause() {
  if (state_ != TurnState::thinking && state_ != TurnState::speaking) return;
  services_.metrics.pauses.add();
  if (transport_ != nullptr && agent_.sent) transport_->clear();
  if (state_ == TurnState::thinking && caller_.spoken && agent_.prompt == Prompt::answer) {
    caller_.before = caller_.text;
    continue_utterance();
  } else {
    start_utterance();
  }
  if (agent_.pipeline) {
    recorder_.event(event_kind::kAgentPaused,
                    TextObject().add("generation", agent_.pipeline->generation().to_string()));
  }
}

void Session::resume() {
  if (!std::exchange(holding_, false)) return;
  services_.metrics.resumes.add();
  playout_.buffer.rewind(playout_.clock.word_border(heard_to()));
  resumed_at_ = playout_.buffer.taken();
  last_frame_ = services_.clock.now();
  if (!agent_.pipeline) return;
  const auto paused = to_milliseconds(last_frame_ - held_since_);
  recorder_.event(event_kind::kAgentResumed,
                  TextObject()
                      .add("generation", agent_.pipeline->generation().to_string())
                      .add("paused_ms", paused.count()));
}

void Session::stop() {
  if (state_ != TurnState::thinking && state_ != TurnState::speaking) return;
  if (agent_.pipeline) services_.metrics.barge_ins.add();
  // Not when the answer is to something else, which was typed.
  const bool same_turn = unrecorded_.text.empty() || unrecorded_.utterance == caller_.utterance;
  const bool goes_on = state_ == TurnState::thinking && caller_.spoken && same_turn &&
                       agent_.prompt == Prompt::answer;
  if (goes_on) {
    // Nothing of the answer was heard: the caller's turn is simply longer than we thought.
    unrecorded_ = {};
    if (!barge_in_.paused()) continue_utterance();
  } else if (caller_.utterance == recorded_ || (!barge_in_.paused() && !caller_.feeding)) {
    start_after_recorded();
  }
  if (agent_.pipeline) end_reply(true);
  record_caller();
  if (transport_ != nullptr) transport_->clear();
  holding_ = false;
  barge_in_.reset();
  endpointing_.reset();
  apply(TurnEvent::barge_in);
  weigh_words();
}

// Words that came after their turn had been written down were said all the same. Where the sound of
// the turn that begins reaches back to them they lead it, as far as the recognizer does not have
// them again; else nobody will, and they are written down now.
void Session::start_after_recorded() {
  std::string late;
  if (caller_.utterance == recorded_) late = words_beyond(recorded_text_, caller_.text);
  if (!late.empty()) late.pop_back();  // the space behind the last word
  const bool again = segment_.onset() < caller_.fed_to;
  if (!late.empty() && !again)
    unrecorded_ = {late, caller_.began, services_.clock.now(), caller_.utterance};
  start_utterance();
  if (again) caller_.text = caller_.lead = std::move(late);
}

void Session::end_sound() {
  drop_guess();
  segment_.reset();
  gate_.forget_speech_level();
  barge_in_.reset();
  if (caller_.feeding) recognition_->discard();
  caller_.feeding = false;
  caller_.awaiting_final = false;
}

}  // namespace antiphon

// One spoken conversation: it hears, decides whose turn it is, thinks and speaks.
//
// Input   receive(): the caller's frames as they arrive; every 20 ms the worker runs listen(),
//         judged(), tick() and, when tick() says so, settle().
// Output  frames, notices and the end to the MediaTransport; entries to the ConversationJournal.
// Limits  thinking for 8 s, 4 s of speaking without sound or 3 s without a transcript is a failure
//         that is spoken about; three failures in a row end the call. Idle reminders, then goodbye;
//         a limit on the whole call.
// Errors  providers' errors never end a call by themselves; see above.
// Thread  one executor. listen(), judged(), tick() and receive() allocate, lock, throw, log and
//         await nothing: what does is left to settle(), which runs between ticks.
#pragma once

#include "core/mailbox.h"
#include "core/task_group.h"
#include "dsp/echo_detector.h"
#include "engine/backchannels.h"
#include "engine/barge_in.h"
#include "engine/caller_audio.h"
#include "engine/conversation_context.h"
#include "engine/conversation_recorder.h"
#include "engine/endpointing.h"
#include "engine/session_parts.h"
#include "engine/settings.h"
#include "engine/speech_segment.h"
#include "engine/turn_machine.h"
#include "engine/voice_gate.h"
#include "engine/waterfall.h"
#include "ports/call_recorder.h"
#include "ports/session_host.h"
#include "ports/voice_activity_detector.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

class Session final : public ReplyObserver {
 public:
  Session(const SessionServices& services, SessionPlan plan, MediaTransport& transport,
          Executor executor);

  // Runs the conversation; ends when its last words are in the journal. Spawned once, by the
  // worker.
  Task<> run();
  Task<> closed();
  void receive(const AudioFrame& frame) noexcept;
  void receive_text(std::string text);
  void report_unplayed(SampleCount samples) { unplayed_ = samples.value(); }
  void hang_up(EndReason reason);
  // The transport has gone and must not be called any more.
  void detach();
  // session_recording.cpp: from `at` on nothing, or everything again, is kept of the sound.
  void pause_recording(Timepoint at);
  void resume_recording(Timepoint at);

  // The caller's next window, if it is full and loud enough to be worth the model: then judged()
  // must follow.
  bool listen(VoiceActivityDetector::Input& input) noexcept;
  void judged(float probability) noexcept;
  [[nodiscard]] VoiceActivityDetector::State& voice_state() { return voice_state_; }
  // True: settle() has something to do.
  [[nodiscard]] bool tick(Timepoint now) noexcept;
  void settle();

  [[nodiscard]] TurnState state() const { return state_; }
  [[nodiscard]] const Conversation& conversation() const { return recorder_.conversation(); }
  [[nodiscard]] const ConversationContext& context() const { return context_; }
  [[nodiscard]] std::size_t task_count() const;

 private:
  using Due = session_parts::Due;

  // session.cpp
  void begin_record();
  void begin_sound();
  bool apply(TurnEvent event);
  void close(EndReason reason);
  // session_tick.cpp
  void note(Due due) noexcept { due_ |= due; }
  void attend_hearing(Timepoint now) noexcept;
  void attend_sound(Timepoint now) noexcept;
  void watch(Timepoint now) noexcept;
  void send_frame(Timepoint now) noexcept;
  [[nodiscard]] Duration quiet(Timepoint now) const noexcept;
  [[nodiscard]] bool interruptible() const noexcept;
  void settle_caller(std::uint32_t due);
  void settle_agent(std::uint32_t due);
  // session_hearing.cpp: the caller's side
  Task<> recognize();
  Task<> ask_turn_detector(std::uint32_t question, std::vector<Sample> audio);
  void on_recognition(const RecognitionEvent& event);
  void on_final();
  void on_recognition_failed(const Error& error);
  void start_hearing();
  void weigh_words();
  void expect(const TurnDirective& directive);
  void start_utterance();
  void continue_utterance();
  void finish_utterance();
  void ask();
  void end_turn();
  void end_transcript_wait();
  void pause();
  void resume();
  void stop();
  void start_after_recorded();
  void end_sound();
  // session_guess.cpp: answers begun in a pause of the caller
  void guess();
  [[nodiscard]] bool guessed(std::string_view text) const;
  void take_up_guess();
  void drop_guess();
  // session_speaking.cpp: the agent's side
  void answer();
  void answer_nothing();
  [[nodiscard]] ReplyRequest request();
  void make_tool_desk();
  std::unique_ptr<ReplyStream> think(ReplyRequest request, const ReplyPipeline& pipeline);
  void say(Prompt prompt, std::string text, std::optional<EndReason> end_after = std::nullopt);
  void say_trouble();
  [[nodiscard]] SampleIndex heard_to() const;
  void start_reply(session_parts::AgentTurn turn, std::unique_ptr<ReplyStream> stream);
  void record_caller();
  void keep_unanswered();
  void end_reply(bool interrupted);
  void on_first_audio();
  void on_audible();
  void on_playout_done();
  void on_reply_stalled();
  void on_idle();
  void sweep();
  [[nodiscard]] std::unique_ptr<ReplyPipeline> make_pipeline(GenerationId generation);
  void on_first_text() override;
  void on_clause(const std::string& text) override;
  void on_first_samples() override;
  void on_model_failed(const Error& error) override;
  void on_synthesis_failed(const Error& error) override;

  SessionServices services_;
  SessionPlan plan_;
  SessionSettings settings_;
  Executor executor_;
  MediaTransport* transport_;
  ConversationRecorder recorder_;
  ConversationContext context_;
  std::unique_ptr<CallRecording> sound_;  // null: this call is not kept
  bool sound_paused_ = false;
  TurnState state_ = TurnState::listening;
  std::uint32_t due_ = 0;

  CallerAudio audio_;
  VoiceGate gate_;
  WindowLevel level_;
  VoiceActivityDetector::State voice_state_;
  SpeechSegment segment_;
  Endpointing endpointing_;
  BargeIn barge_in_;
  Backchannels backchannels_;
  EchoDetector echo_;
  TurnExpectation expected_;  // of the caller's turn
  session_parts::CallerTurn caller_;
  UtteranceId utterances_ = 0;
  std::unique_ptr<RecognitionStream> recognition_;

  Playout playout_;
  SampleIndex unplayed_ = 0;    // what the far side still held when it last said so
  SampleIndex resumed_at_ = 0;  // of the running reply, after a pause: what is before was heard
  session_parts::AgentTurn agent_;
  std::optional<session_parts::Guess> guess_;  // only while the caller has the turn
  session_parts::Unrecorded unrecorded_;
  UtteranceId recorded_ = 0;  // the caller's last that is written down
  std::string recorded_text_;
  std::string rest_;  // of a stopped reply: said after all when the caller's sound was nothing
  Waterfall waterfall_;
  std::vector<std::unique_ptr<ReplyPipeline>> retired_;  // cancelled, their tasks still end
  int failures_in_a_row_ = 0;
  int recognition_failures_in_a_row_ = 0;
  int reminders_used_ = 0;
  bool recording_ = false;
  bool sent_in_tick_ = false;
  bool holding_ = false;  // no frame leaves while we decide about a sound
  Timepoint held_since_{};
  Timepoint state_since_{};
  Timepoint last_frame_{};
  Timepoint idle_since_{};
  Timepoint time_up_ = Timepoint::max();
  Timepoint hard_end_ = Timepoint::max();

  std::optional<EndReason> end_reason_;
  Mailbox<char> ending_;             // closed when the conversation is to end
  Mailbox<char> ended_;              // closed when it has
  std::shared_ptr<ToolDesk> tools_;  // null: the agent has none; shared with its own tasks
  TaskGroup tool_tasks_;
  TaskGroup tasks_;  // last: its tasks use what stands above
};

}  // namespace antiphon

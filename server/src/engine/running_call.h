// A session in its CallLoop, as its thread serves it: every input becomes one event, and goes to
// the call's log if it has one.
//
// Thread  every member on the executor that serves the call, and not from inside the session.
//         receive(), listen(), judged() and tick() allocate, lock, throw, log and await nothing.
#pragma once

#include "engine/call_loop.h"
#include "engine/call_ports.h"
#include "engine/session.h"
#include "ports/call_logs.h"

#include <memory>
#include <string>

namespace antiphon {

class RunningCall {
 public:
  // `log` may be null.
  RunningCall(const SessionServices& services, SessionPlan plan, MediaTransport& transport,
              Executor executor, std::unique_ptr<CallLogSink> log);

  // Runs the conversation to its end; once, by the worker. Cancelled, it ends the conversation, and
  // returns when its last words are in the journal.
  Task<> serve();
  Task<> closed() { return session_.closed(); }
  [[nodiscard]] const Session& session() const { return session_; }

  void receive(const AudioFrame& frame) noexcept;
  void receive_text(std::string text);
  void report_unplayed(SampleCount samples);
  void hang_up(EndReason reason);
  void detach();
  void pause_recording(Timepoint at);
  void resume_recording(Timepoint at);

  // As of Session.
  bool listen(VoiceActivityDetector::Input& input) noexcept { return session_.listen(input); }
  void judged(float probability) noexcept;
  [[nodiscard]] VoiceActivityDetector::State& voice_state() { return session_.voice_state(); }
  [[nodiscard]] bool tick(Timepoint now) noexcept;
  void settle();

 private:
  template <class Event>
  void event(Event&& event);
  void note_sent() noexcept;
  Task<> converse();

  CallLoop loop_;
  std::unique_ptr<CallLog> log_;
  CallPorts ports_;
  Session session_;
  Mailbox<char> over_;
  TaskGroup life_;  // last: the conversation runs in it
};

}  // namespace antiphon

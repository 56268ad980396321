// The engine's SessionHost: spoken sessions spread over media workers, typed turns on whoever asks.
//
//   EngineSessionHost host({clock, random, journal, log, metrics}, {worker_executors});
//   host.set_language_model(model);        // typed conversations work from here on
//   host.set_speech(stack);                // spoken ones too
//   co_await host.ready(deadline);         // a call that came early waits here
//   co_await host.stop(deadline);          // before the executors stop; then nothing runs any more
//
// Errors  start: unavailable before set_speech has reached the worker, or after stop;
//         and when it carries as many calls as it can; closed when the call was called off.
//         answer_text: unavailable without a language model; invalid_argument for empty or
//         over-long text.
// Thread  room, pick_executor, end, active_count, set_*, ready: any. start: the executor it is
//         given. answer_text, stop: any, but one and the same where agents have tools.
#pragma once

#include "core/mutex.h"
#include "engine/media_worker.h"
#include "engine/running_call.h"
#include "engine/typed_tools.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace antiphon {

struct HostServices {
  Clock& clock;
  Random& random;  // fit for many threads
  ConversationJournal& journal;
  Log& log;
  Metrics& metrics;
  CallRecorder* recorder = nullptr;  // null: no call is kept
  CallLogs* call_logs = nullptr;     // null: the inputs of no call are kept
  std::size_t calls_max = 0;         // of all workers together; 0: as many as they can carry
  std::function<Duration()> thread_time = {};  // see WorkerLoad
};

// What is loaded after the server has started to listen. All borrowed; they outlive the host.
struct SpeechStack {
  SpeechRecognizer* recognizer = nullptr;
  SpeechSynthesizer* synthesizer = nullptr;
  TurnDetector* turn_detector = nullptr;
  // One detector for each worker.
  std::function<std::unique_ptr<VoiceActivityDetector>()> make_voice_activity_detector;
  // False while the models have as much to do as they can, with so many calls; empty: never. Any
  // thread.
  std::function<bool(std::size_t calls)> has_room = {};
};

class EngineSessionHost final : public SessionHost {
 public:
  EngineSessionHost(const HostServices& services, std::vector<Executor> workers);
  ~EngineSessionHost() override;

  void set_language_model(LanguageModel& language_model);
  // Before the first conversation; without it agents have no tools.
  void set_tools(ToolRunner& tools) { tools_.store(&tools); }
  void set_speech(SpeechStack stack);
  // unavailable when speech is still loading at `deadline`.
  [[nodiscard]] Task<Result<>> ready(Timepoint deadline) override;
  [[nodiscard]] bool speech_ready() const;
  // No new sessions; the running ones end, and their last words are journalled.
  Task<> stop(Timepoint deadline);

  [[nodiscard]] Result<> room() const override;
  [[nodiscard]] Executor pick_executor() override;
  [[nodiscard]] Result<std::unique_ptr<SessionHandle>> start(SessionPlan plan,
                                                             MediaTransport& transport,
                                                             Executor executor) override;
  [[nodiscard]] Task<Result<std::unique_ptr<TextReply>>> answer_text(SessionPlan plan,
                                                                     std::vector<Message> history,
                                                                     std::string text) override;
  [[nodiscard]] bool end(ConversationId conversation, EndReason reason) override;
  [[nodiscard]] bool pause_recording(ConversationId conversation) override;
  [[nodiscard]] bool resume_recording(ConversationId conversation) override;
  [[nodiscard]] std::size_t active_count() const override;

 private:
  struct Worker;
  struct Running {
    Executor executor;
    std::weak_ptr<RunningCall> call;
    Worker* worker;
    bool recorded;
  };

  Worker* find(const Executor& executor);
  [[nodiscard]] bool has_room(const Worker& worker) const;
  void forget(ConversationId conversation);
  bool tell_recorded(ConversationId conversation, void (RunningCall::*what)(Timepoint));

  HostServices services_;
  EngineMetrics metrics_;
  SpeechStack stack_;                        // written once, before the workers are told
  std::atomic<bool> stack_has_room_{false};  // set once stack_.has_room is there to be asked
  std::atomic<LanguageModel*> language_model_{nullptr};
  std::atomic<ToolRunner*> tools_{nullptr};
  TypedTools typed_tools_;
  std::atomic<std::size_t> workers_ready_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::unique_ptr<Worker>> workers_;
  mutable Mutex mutex_;
  std::map<ConversationId, Running> running_ GUARDED_BY(mutex_);
};

}  // namespace antiphon

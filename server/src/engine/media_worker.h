// Runs the sessions of one media thread: one ticker, one voice-activity model, all of its calls.
//
// Every 20 ms each session is served; sessions are spread over four phases, 5 ms apart. Due times
// are absolute, so a late tick does not move the next one. Behind by more than 100 ms the missed
// ticks are left out and counted. With the first phase all sessions that have a full window go
// through one run of the voice-activity model: a window in a batch of twenty costs half of one
// alone, so the others wait up to 15 ms for their phase.
// Limits  kSessionsMax sessions.
// Thread  every member on its executor.
#pragma once

#include "core/task_group.h"
#include "engine/metrics.h"
#include "engine/running_call.h"
#include "engine/worker_load.h"
#include "ports/voice_activity_detector.h"

#include <array>
#include <functional>
#include <memory>
#include <vector>

namespace antiphon {

class MediaWorker {
 public:
  static constexpr std::size_t kSessionsMax = 2'000;

  // `thread_time`: see WorkerLoad.
  MediaWorker(Executor executor, Clock& clock, EngineMetrics& metrics,
              std::function<Duration()> thread_time = {});

  void adopt(std::unique_ptr<VoiceActivityDetector> detector) { detector_ = std::move(detector); }
  [[nodiscard]] bool ready() const { return detector_ != nullptr; }
  // Serves the session until it has closed; the transport's handle is the other owner.
  // `on_closed` runs once it has.
  void add(std::shared_ptr<RunningCall> call, std::function<void()> on_closed = {});
  // Ends what runs; whoever has not closed by `deadline` is cancelled.
  Task<> stop(Timepoint deadline);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Executor& executor() const { return executor_; }
  [[nodiscard]] const WorkerLoad& load() const { return load_; }

  // One tick of the sessions of one phase: plain, and free of allocation until a session has
  // something to settle.
  void tick(std::size_t phase, Timepoint now);

  static constexpr std::size_t kPhases = 4;

 private:
  using Phase = std::vector<std::shared_ptr<RunningCall>>;
  Task<> serve(std::shared_ptr<RunningCall> call, std::size_t phase,
               std::function<void()> on_closed);
  Task<> run_ticks();
  void reserve_batch();
  void run_voice_activity();

  Executor executor_;
  Clock& clock_;
  EngineMetrics& metrics_;
  std::unique_ptr<VoiceActivityDetector> detector_;
  std::array<Phase, kPhases> phases_;
  std::vector<VoiceActivityDetector::Input> inputs_;
  std::vector<VoiceActivityDetector::State> states_;
  std::vector<float> probabilities_;
  std::vector<RunningCall*> batch_;
  std::size_t size_ = 0;
  WorkerLoad load_;
  bool ticking_ = false;
  TaskGroup tasks_;
};

}  // namespace antiphon

#include "engine/media_worker.h"

#include <algorithm>
#include <span>

namespace antiphon {

namespace {

using std::chrono::milliseconds;

constexpr Duration kPhaseStep = kFrameDuration / MediaWorker::kPhases;
constexpr Duration kLateMax = milliseconds(100);
constexpr Duration kStopPoll = milliseconds(10);

}  // namespace

MediaWorker::MediaWorker(Executor executor, Clock& clock, EngineMetrics& metrics,
                         std::function<Duration()> thread_time)
    : executor_(std::move(executor)),
      clock_(clock),
      metrics_(metrics),
      load_(std::move(thread_time)),
      tasks_(executor_) {}

void MediaWorker::add(std::shared_ptr<RunningCall> call, std::function<void()> on_closed) {
  const auto emptiest =
      std::ranges::min_element(phases_, {}, [](const auto& sessions) { return sessions.size(); });
  emptiest->push_back(call);
  ++size_;
  load_.added();
  reserve_batch();
  const auto phase = static_cast<std::size_t>(emptiest - phases_.begin());
  tasks_.spawn(serve(std::move(call), phase, std::move(on_closed)));
  if (!std::exchange(ticking_, true)) tasks_.spawn(run_ticks());
}

void MediaWorker::reserve_batch() {
  if (inputs_.size() >= size_) return;
  const std::size_t room = std::max<std::size_t>(16, 2 * size_);
  inputs_.resize(room);
  states_.resize(room);
  probabilities_.resize(room);
  batch_.reserve(room);
}

Task<> MediaWorker::serve(std::shared_ptr<RunningCall> call, std::size_t phase,
                          std::function<void()> on_closed) {
  metrics_.sessions_active.add(1);
  co_await call->serve();
  metrics_.sessions_active.add(-1);
  std::erase(phases_[phase], call);
  --size_;
  if (on_closed) on_closed();
}

Task<> MediaWorker::run_ticks() {
  const Timepoint base = clock_.now();
  std::int64_t step = 0;
  while (size_ > 0) {
    ++step;
    const std::size_t phase = static_cast<std::size_t>(step) % kPhases;
    if (phase != 0 && phases_[phase].empty()) continue;
    const Timepoint due = base + step * kPhaseStep;
    const auto waited = co_await clock_.sleep_until(due);
    if (!waited) break;
    const Timepoint now = clock_.now();
    metrics_.tick_late.observe(std::chrono::duration<double>(now - due).count());
    tick(phase, now);
    load_.note_tick(due, now, size_);
    if (now - due > kLateMax) {
      const auto missed = (now - due) / kFrameDuration;
      metrics_.ticks_skipped.add(static_cast<std::uint64_t>(missed));
      step += missed * static_cast<std::int64_t>(kPhases);
    }
  }
  load_.idle();
  ticking_ = false;
}

void MediaWorker::run_voice_activity() {
  batch_.clear();
  for (const Phase& calls : phases_) {
    for (const auto& call : calls) {
      if (!call->listen(inputs_[batch_.size()])) continue;
      states_[batch_.size()] = call->voice_state();
      batch_.push_back(call.get());
    }
  }
  const std::size_t count = batch_.size();
  if (count == 0) return;
  const Timepoint before = clock_.now();
  detector_->process(std::span(inputs_).first(count), std::span(states_).first(count),
                     std::span(probabilities_).first(count));
  metrics_.voice_activity.observe(std::chrono::duration<double>(clock_.now() - before).count());
  for (std::size_t at = 0; at < count; ++at) {
    batch_[at]->voice_state() = states_[at];
    batch_[at]->judged(probabilities_[at]);
  }
}

void MediaWorker::tick(std::size_t phase, Timepoint now) {
  if (phase == 0) run_voice_activity();
  for (const auto& call : phases_[phase]) {
    if (call->tick(now)) call->settle();
  }
}

Task<> MediaWorker::stop(Timepoint deadline) {
  for (const auto& calls : phases_) {
    for (const auto& call : calls)
      call->hang_up(EndReason::ended_by_api);
  }
  while (size_ > 0 && clock_.now() < deadline) {
    const auto waited = co_await clock_.sleep_for(kStopPoll);
    if (!waited) break;
  }
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace antiphon

#include "providers/inference_pool.h"

#include "core/check.h"
#include "core/mutex.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, kInferenceKinds> kKindNames{
    "stt_final", "turn", "tts", "embed", "stt_partial", "prepare"};

enum class Dropped : std::uint8_t { full, late, replaced, abandoned };
constexpr std::array<std::string_view, 4> kDroppedNames{"full", "late", "replaced", "abandoned"};

constexpr Duration kBusyWindow{std::chrono::seconds(4)};
constexpr double kBusyMax = 0.9;
constexpr std::size_t kCallsFirst = 2;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

struct PoolMetrics {
  explicit PoolMetrics(Metrics& metrics)
      : depth(metrics.gauge("inference_queue_depth", "Jobs that wait for a thread.")) {
    for (std::size_t kind = 0; kind < kInferenceKinds; ++kind) {
      const Metrics::Labels labels{{"kind", std::string(kKindNames[kind])}};
      wait[kind] = &metrics.histogram("inference_wait_seconds", "From submission to the start.",
                                      latency_bounds(), labels);
      run[kind] = &metrics.histogram("inference_run_seconds", "Time of the work itself.",
                                     latency_bounds(), labels);
    }
    for (std::size_t reason = 0; reason < kDroppedNames.size(); ++reason) {
      dropped[reason] = &metrics.counter("inference_dropped_total", "Jobs that never began.",
                                         {{"reason", std::string(kDroppedNames[reason])}});
    }
  }

  Gauge& depth;
  std::array<Histogram*, kInferenceKinds> wait{};
  std::array<Histogram*, kInferenceKinds> run{};
  std::array<Counter*, 4> dropped{};
};

}  // namespace

namespace detail {

struct InferenceTicket {
  InferenceJob job;
  std::uint64_t order = 0;
  Timepoint queued_at{};
  std::move_only_function<void()> work;
  std::move_only_function<void()> done;
  std::atomic<bool> has_begun{false};
  std::atomic<bool> is_done{false};
  Result<> outcome;  // written before is_done, read after it
  std::weak_ptr<void> pool;
};

}  // namespace detail

namespace {

using Ticket = std::shared_ptr<detail::InferenceTicket>;

// Never with the pool's lock held: `done` belongs to somebody else.
void settle(const Ticket& ticket, Result<> outcome) {
  ticket->work = nullptr;
  ticket->outcome = std::move(outcome);
  ticket->is_done.store(true, std::memory_order_release);
  if (ticket->done) ticket->done();
}

bool is_more_urgent(const Ticket& left, const Ticket& right) {
  return std::tuple(left->job.kind, left->job.deadline, left->order) <
         std::tuple(right->job.kind, right->job.deadline, right->order);
}

}  // namespace

struct InferencePool::Impl {
  Impl(const Clock& clock_in, Metrics& metrics_in, Options options_in)
      : clock(clock_in), metrics(metrics_in), options(options_in) {}

  Ticket take_next(std::vector<Ticket>& late) REQUIRES(mutex);
  void replace_older(const InferenceJob& job, std::vector<Ticket>& replaced) REQUIRES(mutex);
  bool make_room(const InferenceJob& job, std::vector<Ticket>& evicted) REQUIRES(mutex);
  void note_depth() REQUIRES(mutex) { metrics.depth.set(static_cast<double>(queue.size())); }
  void count(Dropped reason) { metrics.dropped[static_cast<std::size_t>(reason)]->add(); }
  void expire(const std::vector<Ticket>& late);
  void execute(const Ticket& ticket);
  bool run_one();
  void work_loop();
  void abandon(const Ticket& ticket);
  void note_work(Timepoint ended, Duration spent);
  double busy();

  const Clock& clock;
  PoolMetrics metrics;
  const Options options;
  mutable Mutex mutex;
  Condition changed;
  std::vector<Ticket> queue GUARDED_BY(mutex);
  std::vector<std::uint32_t> busy_engines GUARDED_BY(mutex);
  std::uint64_t next_order GUARDED_BY(mutex) = 0;
  std::deque<std::pair<Timepoint, Duration>> work GUARDED_BY(mutex);  // of the last 4 s
  bool stopping GUARDED_BY(mutex) = false;
  std::vector<std::thread> threads;
};

Ticket InferencePool::Impl::take_next(std::vector<Ticket>& late) {
  const Timepoint now = clock.now();
  const auto is_late = [now](const Ticket& ticket) { return ticket->job.deadline <= now; };
  std::ranges::copy_if(queue, std::back_inserter(late), is_late);
  std::erase_if(queue, is_late);
  auto best = queue.end();
  for (auto entry = queue.begin(); entry != queue.end(); ++entry) {
    const std::uint32_t engine = (*entry)->job.engine;
    if (engine != 0 && std::ranges::count(busy_engines, engine) > 0) continue;
    if (best == queue.end() || is_more_urgent(*entry, *best)) best = entry;
  }
  Ticket taken;
  if (best != queue.end()) {
    taken = std::move(*best);
    queue.erase(best);
    taken->has_begun.store(true, std::memory_order_relaxed);
    if (taken->job.engine != 0) busy_engines.push_back(taken->job.engine);
    metrics.wait[static_cast<std::size_t>(taken->job.kind)]->observe(
        seconds(now - taken->queued_at));
  }
  note_depth();
  return taken;
}

void InferencePool::Impl::replace_older(const InferenceJob& job, std::vector<Ticket>& replaced) {
  if (job.kind != InferenceKind::stt_partial || job.stream == 0) return;
  const auto is_older = [&job](const Ticket& ticket) {
    return ticket->job.kind == InferenceKind::stt_partial && ticket->job.stream == job.stream;
  };
  std::ranges::copy_if(queue, std::back_inserter(replaced), is_older);
  std::erase_if(queue, is_older);
}

bool InferencePool::Impl::make_room(const InferenceJob& job, std::vector<Ticket>& evicted) {
  if (queue.size() < options.capacity) return true;
  const auto worst = std::ranges::max_element(queue, is_more_urgent);
  // Only a partial or a preparation is worth less than the promise that a queued job will be run.
  if ((*worst)->job.kind < InferenceKind::stt_partial) return false;
  if (job.kind >= (*worst)->job.kind) return false;
  evicted.push_back(std::move(*worst));
  queue.erase(worst);
  return true;
}

void InferencePool::Impl::expire(const std::vector<Ticket>& late) {
  for (const Ticket& ticket : late) {
    count(Dropped::late);
    settle(ticket,
           failure(ErrorCode::timeout, "the inference pool was too busy: a deadline passed"));
  }
}

void InferencePool::Impl::execute(const Ticket& ticket) {
  const Timepoint began = clock.now();
  ticket->work();
  const Timepoint ended = clock.now();
  metrics.run[static_cast<std::size_t>(ticket->job.kind)]->observe(seconds(ended - began));
  if (ticket->job.kind != InferenceKind::prepare) note_work(ended, ended - began);
  if (ticket->job.engine != 0) {
    const MutexLock lock(mutex);
    busy_engines.erase(std::ranges::find(busy_engines, ticket->job.engine));
    changed.notify_all();
  }
  settle(ticket, Result<>{});
}

bool InferencePool::Impl::run_one() {
  std::vector<Ticket> late;
  Ticket ticket;
  {
    const MutexLock lock(mutex);
    ticket = take_next(late);
  }
  expire(late);
  if (ticket) execute(ticket);
  return ticket != nullptr;
}

void InferencePool::Impl::work_loop() {
  while (true) {
    std::vector<Ticket> late;
    Ticket ticket;
    {
      const MutexLock lock(mutex);
      while (!stopping && !(ticket = take_next(late)) && late.empty())
        changed.wait(mutex);
      if (stopping && !ticket && late.empty()) return;
    }
    expire(late);
    if (ticket) execute(ticket);
  }
}

void InferencePool::Impl::abandon(const Ticket& ticket) {
  {
    const MutexLock lock(mutex);
    if (std::erase(queue, ticket) == 0) return;
    note_depth();
  }
  count(Dropped::abandoned);
  ticket->done = nullptr;
  settle(ticket, failure(ErrorCode::cancelled, "the one who asked has gone"));
}

void InferencePool::Impl::note_work(Timepoint ended, Duration spent) {
  const MutexLock lock(mutex);
  work.emplace_back(ended, spent);
  while (!work.empty() && work.front().first + kBusyWindow < ended)
    work.pop_front();
}

double InferencePool::Impl::busy() {
  const Timepoint since = clock.now() - kBusyWindow;
  Duration spent{0};
  const MutexLock lock(mutex);
  for (const auto& [ended, length] : work)
    spent += std::clamp(ended - since, Duration{0}, length);
  const auto threads_there = std::max<std::size_t>(1, options.threads);
  return std::min(1.0, seconds(spent) / seconds(kBusyWindow) / static_cast<double>(threads_there));
}

InferencePool::InferencePool(const Clock& clock, Metrics& metrics, Options options)
    : impl_(std::make_shared<Impl>(clock, metrics, options)) {
  CHECK(options.capacity > 0, "a pool that can hold no job is a configuration mistake");
  for (std::size_t i = 0; i < options.threads; ++i) {
    auto& thread = impl_->threads.emplace_back([impl = impl_.get()] { impl->work_loop(); });
    // Shown by top -H and in core dumps; 15 characters at most.
    pthread_setname_np(thread.native_handle(), ("inference-" + std::to_string(i)).c_str());
  }
}

InferencePool::~InferencePool() { stop(); }

void InferencePool::stop() {
  std::vector<Ticket> waiting_jobs;
  {
    const MutexLock lock(impl_->mutex);
    impl_->stopping = true;
    waiting_jobs.swap(impl_->queue);
    impl_->note_depth();
  }
  impl_->changed.notify_all();
  for (std::thread& thread : impl_->threads)
    thread.join();
  impl_->threads.clear();
  for (const Ticket& ticket : waiting_jobs) {
    settle(ticket, failure(ErrorCode::closed, "the inference pool stops"));
  }
}

PendingInference InferencePool::enqueue(InferenceJob job, std::move_only_function<void()> work,
                                        std::move_only_function<void()> done) {
  const auto ticket = std::make_shared<detail::InferenceTicket>();
  ticket->job = job;
  ticket->work = std::move(work);
  ticket->done = std::move(done);
  ticket->queued_at = impl_->clock.now();
  ticket->pool = impl_;
  std::vector<Ticket> replaced;
  std::vector<Ticket> evicted;
  bool accepted = false;
  Error refusal{ErrorCode::resource_exhausted, "the inference pool is full"};
  {
    const MutexLock lock(impl_->mutex);
    if (impl_->stopping) refusal = {ErrorCode::closed, "the inference pool stops"};
    impl_->replace_older(job, replaced);
    accepted = !impl_->stopping && impl_->make_room(job, evicted);
    if (accepted) {
      ticket->order = impl_->next_order++;
      impl_->queue.push_back(ticket);
    }
    impl_->note_depth();
  }
  for (const Ticket& old : replaced) {
    impl_->count(Dropped::replaced);
    settle(old, failure(ErrorCode::cancelled, "a newer partial took its place"));
  }
  for (const Ticket& old : evicted) {
    impl_->count(Dropped::full);
    settle(old, failure(ErrorCode::resource_exhausted, "the inference pool is full"));
  }
  if (accepted) {
    impl_->changed.notify_one();
  } else {
    impl_->count(Dropped::full);
    settle(ticket, std::unexpected(std::move(refusal)));
  }
  return PendingInference(ticket);
}

bool InferencePool::run_one() { return impl_->run_one(); }

std::size_t InferencePool::waiting() const {
  const MutexLock lock(impl_->mutex);
  return impl_->queue.size();
}

double InferencePool::busy() const { return impl_->busy(); }

bool InferencePool::has_room(std::size_t calls) const {
  if (calls < kCallsFirst) return true;
  const double now = busy();
  return now + now / static_cast<double>(calls) <= kBusyMax;
}

const Clock& InferencePool::clock() const { return impl_->clock; }

PendingInference::PendingInference(std::shared_ptr<detail::InferenceTicket> ticket)
    : ticket_(std::move(ticket)) {}

PendingInference::PendingInference(PendingInference&&) noexcept = default;

PendingInference& PendingInference::operator=(PendingInference&& other) noexcept {
  PendingInference old(std::move(*this));
  ticket_ = std::move(other.ticket_);
  return *this;
}

PendingInference::~PendingInference() {
  if (!ticket_ || is_done()) return;
  if (const auto pool = ticket_->pool.lock()) {
    std::static_pointer_cast<InferencePool::Impl>(pool)->abandon(ticket_);
  }
}

bool PendingInference::is_done() const { return ticket_->is_done.load(std::memory_order_acquire); }

bool PendingInference::is_waiting() const {
  return !is_done() && !ticket_->has_begun.load(std::memory_order_relaxed);
}

Result<> PendingInference::outcome() const {
  CHECK(is_done(), "only a job that is done has an outcome");
  return ticket_->outcome;
}

}  // namespace antiphon

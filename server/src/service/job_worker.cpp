#include "service/job_worker.h"

#include "core/check.h"
#include "core/mailbox.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kFirstPause{5};
constexpr std::chrono::seconds kLongestPause{3'600};
constexpr std::size_t kErrorMax = 2'000;

bool is_hopeless(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::corrupt:
    case ErrorCode::permission_denied:
    case ErrorCode::unsupported:
    case ErrorCode::wrong_state:
      return true;
    default:
      return false;
  }
}

Counter& count_of(Metrics& metrics, std::string outcome) {
  return metrics.counter("jobs_total", "Jobs by how an attempt at them ended.",
                         {{"outcome", std::move(outcome)}});
}

}  // namespace

// Shared by the coroutine that watches the lease and the one that does the job.
struct JobWorker::Work {
  explicit Work(const Executor& executor) : ended(executor, 1, WhenFull::drop_oldest) {}
  std::optional<Result<>> outcome;
  Mailbox<char> ended;
};

JobWorker::JobWorker(const Executor& executor, Parts parts, JobWorkerOptions options)
    : executor_(executor),
      parts_(parts),
      options_(std::move(options)),
      succeeded_(count_of(parts.metrics, "succeeded")),
      retried_(count_of(parts.metrics, "retried")),
      failed_(count_of(parts.metrics, "failed")),
      lost_(count_of(parts.metrics, "lost")),
      looking_(executor),
      working_(executor),
      finishing_(executor) {}

void JobWorker::add(std::string kind, Handler handler) {
  const bool is_new = handlers_.emplace(std::move(kind), std::move(handler)).second;
  CHECK(is_new, "each kind of job has one handler");
}

void JobWorker::start() { looking_.spawn(look()); }

Task<> JobWorker::stop() {
  looking_.cancel();
  co_await looking_.join();
  working_.cancel();
  co_await working_.join();
  co_await finishing_.join();
}

Task<> JobWorker::look() {
  std::vector<std::string> kinds;
  for (const auto& [kind, handler] : handlers_)
    kinds.push_back(kind);
  if (kinds.empty()) co_return;
  do {
    const std::size_t room = options_.concurrency - std::min(options_.concurrency, running_);
    if (room == 0) continue;
    auto leased = co_await parts_.jobs.lease(options_.name, kinds, std::min<std::size_t>(room, 100),
                                             options_.lease);
    if (!leased) {
      if (leased.error().code == ErrorCode::cancelled) co_return;
      parts_.log.warning("jobs.queue_away", {{"error", leased.error()}});
      continue;
    }
    for (LeasedJob& job : *leased) {
      ++running_;
      working_.spawn(run(std::move(job)));
    }
  } while (co_await parts_.clock.sleep_for(options_.look_every));
}

Task<> JobWorker::run(LeasedJob job) {
  const auto work = std::make_shared<Work>(executor_);
  TaskGroup doing(executor_);
  doing.spawn([](const Handler& handler, LeasedJob what, std::shared_ptr<Work> into) -> Task<> {
    into->outcome = co_await handler(std::move(what));
    into->ended.push(0);
  }(handlers_.at(job.kind), job, work));
  const bool is_held = co_await keep_lease(work, job.lease);
  const bool is_stopping = co_await is_cancelled();
  doing.cancel();
  co_await doing.join();
  --running_;
  if (!is_held) {
    lost_.add();
    parts_.log.warning("jobs.lease_lost", {{"job", job.id.to_string()}, {"kind", job.kind}});
    co_return;
  }
  Result<> outcome = work->outcome.value_or(Result<>{});
  if (!work->outcome || (is_stopping && !outcome)) {
    outcome = failure(ErrorCode::cancelled, "the server stopped before the job was done");
  }
  // Not of the group that stop() cancels: the queue is told in any case.
  finishing_.spawn(finish(std::move(job), std::move(outcome)));
}

// True when the job ended, or this worker is to stop, while the lease was held.
Task<bool> JobWorker::keep_lease(const std::shared_ptr<Work>& work, Uuid lease) {
  Timepoint until = parts_.clock.now() + options_.lease;
  while (!work->outcome) {
    const Timepoint next = parts_.clock.now() + options_.lease / 3;
    const auto ended = co_await with_deadline(parts_.clock, next, work->ended.receive());
    if (work->outcome || co_await is_cancelled()) co_return true;
    if (ended) continue;
    const auto held = co_await parts_.jobs.extend(lease, options_.lease);
    if (held && !*held) co_return false;
    if (held) until = parts_.clock.now() + options_.lease;
    // The queue is away: until the lease ends, nobody else has the job.
    if (!held && parts_.clock.now() >= until) co_return false;
  }
  co_return true;
}

Task<> JobWorker::finish(LeasedJob job, Result<> outcome) {
  if (outcome) {
    succeeded_.add();
    const auto told = co_await parts_.jobs.succeed(job.lease);
    if (!told) parts_.log.warning("jobs.end_untold", {{"error", told.error()}});
    co_return;
  }
  const Error& error = outcome.error();
  std::optional<std::chrono::seconds> again;
  if (!is_hopeless(error.code)) {
    again =
        error.code == ErrorCode::cancelled ? std::chrono::seconds(0) : pause_after(job.attempts);
  }
  const bool is_dead = !again || job.attempts >= job.attempts_max;
  (is_dead ? failed_ : retried_).add();
  if (is_dead) {
    parts_.log.error("jobs.failed", {{"job", job.id.to_string()},
                                     {"kind", job.kind},
                                     {"attempts", job.attempts},
                                     {"error", error}});
  }
  const auto told = co_await parts_.jobs.fail(job.lease, error.message.substr(0, kErrorMax), again);
  if (!told) parts_.log.warning("jobs.end_untold", {{"error", told.error()}});
  if (is_dead && told && *told && on_failed_) on_failed_(job, error);
}

std::chrono::seconds JobWorker::pause_after(std::int32_t attempts) {
  const auto doublings = std::clamp(attempts - 1, 0, 10);
  const auto pause = std::min(kFirstPause * (1 << doublings), kLongestPause);
  // 80 % to 120 %, so that what failed together does not come back together.
  const auto percent = 80 + static_cast<std::int64_t>(parts_.random.below(41));
  return std::chrono::seconds(std::max<std::int64_t>(1, pause.count() * percent / 100));
}

}  // namespace antiphon

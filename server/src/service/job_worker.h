// Does what the queue of jobs holds, some at a time.
//
//   JobWorker worker(executor, {store, clock, random, log, metrics}, {.name = node});
//   worker.add("workspace.purge", [&](LeasedJob job) { return purge(std::move(job)); });
//   worker.start();
//
// A job is held by a lease that is extended while it runs: a worker that is killed or stalls loses
// it, and another takes it up. What is lost while it runs is cancelled, and its writes are refused
// by the database, because the lease is their principal. So a handler may run again after a crash;
// what it does, it does twice without harm.
// Retries after 5 s, 10 s, 20 s ... at most an hour, each up to a fifth more or less. An error that
// trying again cannot mend (invalid_argument, not_found, corrupt, permission_denied, unsupported,
// wrong_state), and the last attempt, make the job `failed`: it stays, visible, until retried by
// hand.
// Limits  concurrency jobs at a time; kinds without a handler are left to other servers.
// Errors  of the queue: logged, looked again later.
// Thread  the executor.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "core/task_group.h"
#include "ports/job_store.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace antiphon {

struct JobWorkerOptions {
  std::string name;
  std::size_t concurrency = 2;
  std::chrono::seconds lease{60};
  Duration look_every = std::chrono::seconds(2);
};

class JobWorker {
 public:
  using Handler = std::function<Task<Result<>>(LeasedJob job)>;
  using OnFailed = std::function<void(const LeasedJob& job, const Error& error)>;

  struct Parts {
    JobStore& jobs;
    Clock& clock;
    Random& random;
    Log& log;
    Metrics& metrics;
  };

  JobWorker(const Executor& executor, Parts parts, JobWorkerOptions options);

  // Before start(); each kind once.
  void add(std::string kind, Handler handler);
  // Before start(): is told of each job that this worker gave up for good. One whose worker was
  // killed in its last attempt is told to nobody: it is in the list.
  void on_failed(OnFailed told) { on_failed_ = std::move(told); }
  void start();
  // Cancels what runs and gives it back, so that another server takes it up at once.
  Task<> stop();
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  struct Work;

  Task<> look();
  Task<> run(LeasedJob job);
  Task<bool> keep_lease(const std::shared_ptr<Work>& work, Uuid lease);
  Task<> finish(LeasedJob job, Result<> outcome);
  [[nodiscard]] std::chrono::seconds pause_after(std::int32_t attempts);

  Executor executor_;
  Parts parts_;
  JobWorkerOptions options_;
  std::map<std::string, Handler> handlers_;
  OnFailed on_failed_;
  std::size_t running_ = 0;
  Counter& succeeded_;
  Counter& retried_;
  Counter& failed_;
  Counter& lost_;
  TaskGroup looking_;
  TaskGroup working_;
  TaskGroup finishing_;
};

}  // namespace antiphon

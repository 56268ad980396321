// The calls of one transport, each on the executor of its session from beginning to end.
//
//   workers.carry(executor, [socket = std::move(socket)]() mutable { return make_call(...); });
//   co_await workers.stop();      // ends every call and waits for its last words
//
// Limits  none of its own: the host admits or refuses sessions.
// Thread  carry() and stop(): the API loop. Calls: made, run and destroyed on their executor.
#pragma once

#include "core/task_group.h"

#include <functional>
#include <memory>
#include <vector>

namespace antiphon {

class CarriedCall {
 public:
  virtual ~CarriedCall() = default;
  // Returns when the session has written its last words and the wire is closed.
  virtual Task<> run() = 0;
  // The server stops. Safe at any time, before run() too.
  virtual void stop() = 0;
};

class CallWorkers {
 public:
  using Make = std::move_only_function<std::unique_ptr<CarriedCall>()>;

  CallWorkers();
  ~CallWorkers();

  void carry(const Executor& executor, Make make);
  // The executors still run.
  Task<> stop();

 private:
  struct Worker;  // the calls of one executor; touched there alone

  std::shared_ptr<Worker> worker_of(const Executor& executor);

  std::vector<std::shared_ptr<Worker>> workers_;  // shared with what is posted to their executors
};

}  // namespace antiphon

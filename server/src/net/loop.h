// One event loop on one thread of its own, with a watch on how late it runs.
//
//   Loop media("media-0", clock, metrics);
//   boost::asio::post(media.executor(), ...);
//
// Output  loop_lag_seconds{loop}: ten times a second, how much later than asked the loop came
//         round. loop_lag_last_seconds{loop}: the latest of them. Over 20 ms, somebody blocks it.
// Thread  executor(): any. stop() and the destructor: not the loop's own thread.
#pragma once

#include "core/clock.h"
#include "core/metrics.h"
#include "core/task_group.h"

#include <memory>
#include <string>

namespace antiphon {

class Loop {
 public:
  // `name` (15 characters at most) names the thread and labels the metrics.
  Loop(std::string name, Clock& clock, Metrics& metrics);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  [[nodiscard]] Executor executor();
  // Ends the thread after the handler that runs; what else was posted is dropped. Owners end their
  // work before.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace antiphon

// Wakes the one coroutine that waits for something to happen. A wake before the wait is remembered;
// wakes merge.
//
// raise()       the waiter's own executor; allocates nothing and takes no lock, so the 20 ms path
//               may call it.
// raise_from_anywhere()   any thread; the waiter resumes on its executor.
// wait()        one waiter at a time, always on the same executor. False when it was cancelled.
#pragma once

#include "core/task.h"

#include <memory>

namespace antiphon {

class WakeSignal {
 public:
  WakeSignal();
  void raise();
  void raise_from_anywhere();
  Task<bool> wait();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with wakes that are on their way from another thread
};

}  // namespace antiphon

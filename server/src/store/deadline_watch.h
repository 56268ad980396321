// One timer for many deadlines: it sleeps until the earliest it was told of, lets the owner look,
// and sleeps on.
//
// Deadlines mostly come in rising order (everybody has the same timeout), so most calls of watch()
// cost a comparison.
// Thread  one executor. The owner outlives join().
#pragma once

#include "core/clock.h"
#include "core/task_group.h"

#include <functional>

namespace antiphon::store {

class DeadlineWatch {
 public:
  // `due` handles what is due by then and yields the next deadline, Timepoint::max() for none.
  using Due = std::function<Timepoint(Timepoint now)>;

  DeadlineWatch(const Executor& executor, Clock& clock, Due due);

  void watch(Timepoint deadline);
  void cancel();
  Task<> join();

 private:
  Task<> sleep_on(Timepoint until);

  Clock& clock_;
  Due due_;
  Timepoint until_ = Timepoint::max();
  TaskGroup tasks_;
};

}  // namespace antiphon::store

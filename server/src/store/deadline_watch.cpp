#include "store/deadline_watch.h"

#include <utility>

namespace antiphon::store {

DeadlineWatch::DeadlineWatch(const Executor& executor, Clock& clock, Due due)
    : clock_(clock), due_(std::move(due)), tasks_(executor) {}

void DeadlineWatch::watch(Timepoint deadline) {
  if (tasks_.size() > 0 && until_ <= deadline) return;
  tasks_.cancel();
  until_ = deadline;
  tasks_.spawn(sleep_on(deadline));
}

Task<> DeadlineWatch::sleep_on(Timepoint until) {
  while (until != Timepoint::max()) {
    auto slept = co_await clock_.sleep_until(until);
    if (!slept) co_return;
    // What is due resumes callers, who may bring earlier deadlines: those see that we are awake and
    // will look.
    until_ = clock_.now();
    const Timepoint next = due_(clock_.now());
    if (co_await is_cancelled()) co_return;
    until = until_ = next;
  }
}

void DeadlineWatch::cancel() { tasks_.cancel(); }

Task<> DeadlineWatch::join() { co_await tasks_.join(); }

}  // namespace antiphon::store

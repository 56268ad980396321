// Owns coroutines that run beside their owner, and ends them: nothing is ever detached.
//
//   TaskGroup group(executor);
//   group.spawn(read_loop(std::move(socket)));     // takes values, not references to locals
//   ...
//   group.cancel();                                // each wait inside returns ErrorCode::cancelled
//   co_await group.join();                         // returns when the last one has ended
//
// Limits  none of its own; owners bound what they spawn.
// Errors  an exception that leaves a task is a bug and ends the process.
// Thread  every member, and every task, on `executor`, which runs one thing at a time.
#pragma once

#include "core/clock.h"
#include "core/task.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace antiphon {

using Executor = boost::asio::any_io_executor;

class TaskGroup {
 public:
  explicit TaskGroup(Executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // Cancels what still runs; owners that share state with their tasks join() first.
  ~TaskGroup();

  void spawn(Task<> task);
  void cancel();
  // Returns when no task is left. A caller that is cancelled meanwhile cancels the tasks and goes
  // on waiting: what they use may be destroyed as soon as this returns.
  Task<> join();
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Executor& executor() const { return executor_; }

 private:
  struct State;
  struct Entry;
  struct Ended;
  static Task<> begin(Entry& entry, Task<> task);
  static void cancel_all(const std::shared_ptr<State>& state);

  Executor executor_;
  // Shared with the completion handlers, which may run after the group has gone.
  std::shared_ptr<State> state_;
};

namespace detail {
Task<bool> wait_first(Task<> work, Task<> alarm);
Task<> alarm_at(Clock& clock, Timepoint deadline);
template <class T>
Task<> store_result(Task<T> task, std::optional<T>& slot) {
  slot.emplace(co_await std::move(task));
}
}  // namespace detail

// Runs `task` until it ends or `deadline` passes; then it is cancelled and the answer is
// ErrorCode::timeout. The task is joined either way: when this returns, none of it runs any more.
template <class T>
Task<Result<T>> with_deadline(Clock& clock, Timepoint deadline, Task<Result<T>> task) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the caller was cancelled");
  std::optional<Result<T>> outcome;
  const bool in_time = co_await detail::wait_first(detail::store_result(std::move(task), outcome),
                                                   detail::alarm_at(clock, deadline));
  if (in_time && outcome) co_return std::move(*outcome);
  if (outcome && outcome->has_value()) co_return std::move(*outcome);
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the caller was cancelled");
  co_return failure(ErrorCode::timeout, "the deadline passed");
}

// Runs both until one ends; the other is cancelled, and joined. Both outcomes are there when both
// ended at once, or the other one ended well although it was cancelled.
template <class T>
Task<std::pair<std::optional<T>, std::optional<T>>> first_of(Task<T> one, Task<T> other) {
  std::pair<std::optional<T>, std::optional<T>> outcome;
  co_await detail::wait_first(detail::store_result(std::move(one), outcome.first),
                              detail::store_result(std::move(other), outcome.second));
  co_return outcome;
}

}  // namespace antiphon

#include "core/task_group.h"

#include "core/check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace antiphon {

namespace asio = boost::asio;

Task<bool> is_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

Task<Result<>> Clock::sleep_for(Duration duration) {
  co_return co_await sleep_until(now() + duration);
}

struct TaskGroup::State {
  explicit State(const Executor& executor)
      : idle(executor, asio::steady_timer::time_point::max()) {}

  std::list<asio::cancellation_signal> running;
  asio::steady_timer idle;  // cancelled whenever the last task ends: wakes join()
};

namespace {

Task<> quiet(Task<> task) {
  // Without this Asio throws at the first co_await after a cancellation.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

void require_no_exception(const std::exception_ptr& exception) {
  CHECK(!exception, "a task reports failure through Result, never by throwing");
}

}  // namespace

TaskGroup::TaskGroup(Executor executor)
    : executor_(std::move(executor)), state_(std::make_shared<State>(executor_)) {}

TaskGroup::~TaskGroup() { cancel(); }

void TaskGroup::spawn(Task<> task) {
  const auto entry = state_->running.emplace(state_->running.end());
  asio::co_spawn(executor_, quiet(std::move(task)),
                 asio::bind_cancellation_slot(
                     entry->slot(), [state = state_, entry](const std::exception_ptr& exception) {
                       require_no_exception(exception);
                       state->running.erase(entry);
                       if (state->running.empty()) state->idle.cancel();
                     }));
}

void TaskGroup::cancel() {
  // A handler may erase its own entry while we emit, so step before emitting.
  auto& running = state_->running;
  const std::shared_ptr<State> keep = state_;
  for (auto entry = running.begin(); entry != running.end();) {
    const auto current = entry++;
    current->emit(asio::cancellation_type::terminal);
  }
}

Task<> TaskGroup::join() {
  const std::shared_ptr<State> keep = state_;
  while (!keep->running.empty() && !co_await is_cancelled()) {
    co_await keep->idle.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  // The last task's frame is destroyed after its handler ran; let that finish before the owner goes.
  co_await asio::post(asio::use_awaitable);
}

std::size_t TaskGroup::size() const { return state_->running.size(); }

namespace detail {

Task<bool> wait_first(Task<> work, Task<> alarm) {
  using namespace asio::experimental::awaitable_operators;
  const auto winner = co_await (quiet(std::move(work)) || quiet(std::move(alarm)));
  co_return winner.index() == 0;
}

Task<> alarm_at(Clock& clock, Timepoint deadline) {
  // Cancelled or due: the race is over either way.
  const auto ended = co_await clock.sleep_until(deadline);
  static_cast<void>(ended);
}

}  // namespace detail

}  // namespace antiphon

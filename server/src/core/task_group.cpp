#include "core/task_group.h"

#include "core/check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/post.hpp>
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

struct TaskGroup::Entry {
  asio::cancellation_signal signal;
  bool started = false;
  bool cancelled = false;
};

struct TaskGroup::State {
  explicit State(const Executor& executor) : idle(executor) {}

  std::list<Entry> running;
  // Nothing is ever sent: cancelled whenever the last task ends, it wakes join().
  asio::experimental::channel<Executor, void(boost::system::error_code)> idle;
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

// A handler with a slot of its own instead of asio::bind_cancellation_slot: through that wrapper
// Asio 1.81 posts a cancellation that comes from outside the loop, and the signal may be gone when
// it arrives.
struct TaskGroup::Ended {
  using cancellation_slot_type = asio::cancellation_slot;

  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
    return entry->signal.slot();
  }
  void operator()(const std::exception_ptr& exception) const {
    require_no_exception(exception);
    state->running.erase(entry);
    if (state->running.empty()) state->idle.cancel();
  }

  std::shared_ptr<State> state;
  std::list<Entry>::iterator entry;
};

// Asio 1.81 throws through the loop when a coroutine is cancelled between co_spawn and its first
// step, so such a cancellation waits until then.
Task<> TaskGroup::begin(Entry& entry, Task<> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  entry.started = true;
  if (entry.cancelled) entry.signal.emit(asio::cancellation_type::terminal);
  co_await std::move(task);
}

void TaskGroup::spawn(Task<> task) {
  auto& running = state_->running;
  const auto entry = running.emplace(running.end());
  asio::co_spawn(executor_, begin(*entry, std::move(task)), Ended{state_, entry});
}

void TaskGroup::cancel() { cancel_all(state_); }

void TaskGroup::cancel_all(const std::shared_ptr<State>& state) {
  // A handler may erase its own entry while we emit, so step before emitting.
  const std::shared_ptr<State> keep = state;
  auto& running = keep->running;
  for (auto entry = running.begin(); entry != running.end();) {
    const auto current = entry++;
    current->cancelled = true;
    if (current->started) current->signal.emit(asio::cancellation_type::terminal);
  }
}

Task<> TaskGroup::join() {
  const std::shared_ptr<State> keep = state_;
  while (!keep->running.empty()) {
    if (co_await is_cancelled()) cancel_all(keep);
    if (keep->running.empty()) break;
    co_await keep->idle.async_receive(asio::as_tuple(asio::use_awaitable));
  }
  // The last task's frame is destroyed after its handler ran; let that finish before the owner
  // goes.
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

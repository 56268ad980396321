#include "providers/wake_signal.h"

#include "core/mutex.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace antiphon {

namespace asio = boost::asio;

struct WakeSignal::State {
  // Of the waiter's executor alone.
  bool raised = false;
  std::optional<asio::steady_timer> timer;

  Mutex mutex;
  bool raised_elsewhere GUARDED_BY(mutex) = false;
  asio::any_io_executor waiter GUARDED_BY(mutex);  // empty until the first wait
};

WakeSignal::WakeSignal() : state_(std::make_shared<State>()) {}

void WakeSignal::raise() {
  state_->raised = true;
  if (state_->timer) state_->timer->cancel();
}

void WakeSignal::raise_from_anywhere() {
  asio::any_io_executor waiter;
  {
    const MutexLock lock(state_->mutex);
    // One wake in flight is enough; the first wait() finds an early one by itself.
    if (std::exchange(state_->raised_elsewhere, true)) return;
    waiter = state_->waiter;
  }
  if (!waiter) return;
  asio::post(waiter, [state = state_] {
    if (state->timer) state->timer->cancel();
  });
}

Task<bool> WakeSignal::wait() {
  const std::shared_ptr<State> state = state_;
  const auto executor = co_await asio::this_coro::executor;
  if (co_await is_cancelled()) co_return false;
  if (!state->timer) state->timer.emplace(executor, asio::steady_timer::time_point::max());
  bool woken = std::exchange(state->raised, false);
  {
    const MutexLock lock(state->mutex);
    state->waiter = executor;
    woken = std::exchange(state->raised_elsewhere, false) || woken;
  }
  if (woken) co_return true;
  co_await state->timer->async_wait(asio::as_tuple(asio::use_awaitable));
  woken = std::exchange(state->raised, false);
  {
    const MutexLock lock(state->mutex);
    woken = std::exchange(state->raised_elsewhere, false) || woken;
  }
  // A late post of a wake that was already seen also ends the wait: callers look again after each
  // one.
  co_return woken || !co_await is_cancelled();
}

}  // namespace antiphon

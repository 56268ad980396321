// Wakes everybody who waits for a condition on one executor. Inside net/ only.
//
//   while (queue.empty()) { if (!co_await arrived.wait()) co_return; }
#pragma once

#include "core/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon {

class Signal {
 public:
  explicit Signal(const Executor& executor)
      : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  void notify() { timer_.cancel(); }
  // False when cancelled. The waiter looks at its condition again either way.
  Task<bool> wait() {
    namespace asio = boost::asio;
    // Not is_cancelled(): a coroutine of its own, twice for each message of a socket.
    constexpr auto kNone = asio::cancellation_type::none;
    if ((co_await asio::this_coro::cancellation_state).cancelled() != kNone) co_return false;
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return (co_await asio::this_coro::cancellation_state).cancelled() == kNone;
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace antiphon

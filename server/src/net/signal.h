// Wakes everybody who waits for a condition on one executor. Inside net/ only.
//
//   while (queue.empty()) { if (!co_await arrived.wait()) co_return; }
#pragma once

#include "core/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon {

class Signal {
 public:
  explicit Signal(const Executor& executor)
      : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  void notify() { timer_.cancel(); }
  // False when cancelled. The waiter looks at its condition again either way.
  Task<bool> wait() {
    if (co_await is_cancelled()) co_return false;
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return !co_await is_cancelled();
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace antiphon

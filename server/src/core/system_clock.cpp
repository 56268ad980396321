#include "core/system_clock.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>

namespace antiphon {

namespace asio = boost::asio;

Timepoint SystemClock::now() const { return std::chrono::steady_clock::now(); }

WallTime SystemClock::wall() const { return std::chrono::system_clock::now(); }

Task<Result<>> SystemClock::sleep_until(Timepoint deadline) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<>{};
}

Duration thread_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace antiphon

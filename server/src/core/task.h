// Task<T>: a coroutine that waits on the network or the clock. Never in the 20 ms path.
//
// Awaited in place it may borrow; spawned (TaskGroup) it takes values. Cancellation arrives as
// ErrorCode::cancelled from whatever it waits on, never as an exception.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace antiphon {

template <class T = void>
using Task = boost::asio::awaitable<T>;

// True once the TaskGroup or a lost race has asked this coroutine to stop. Loops ask after each
// co_await.
[[nodiscard]] Task<bool> is_cancelled();

}  // namespace antiphon

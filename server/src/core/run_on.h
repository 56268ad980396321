// Runs work on another executor (a compute pool) and comes back to the caller's with the result.
//
//   auto passages = co_await run_on(compute, [query] { return score(query); });
//
// `work` is called once, on `executor`, and must not touch what belongs to the caller's thread. A
// caller that is cancelled meanwhile still waits for it: work in flight owns copies and is bounded
// by its own size. Heavy to compile: include in .cpp files only.
#pragma once

#include "core/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

namespace antiphon {

namespace detail {
template <class Work>
Task<std::invoke_result_t<Work&>> call(Work work) {
  co_return work();
}
}  // namespace detail

template <class Work>
Task<std::invoke_result_t<Work&>> run_on(boost::asio::any_io_executor executor, Work work) {
  // No cancellation reaches the other executor: Asio 1.81 would post it to a signal that may be
  // gone when it arrives.
  co_return co_await boost::asio::co_spawn(
      executor, detail::call(std::move(work)),
      boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(),
                                          boost::asio::use_awaitable));
}

// The same for a task, which runs there as a whole.
template <class T>
Task<T> run_task_on(boost::asio::any_io_executor executor, Task<T> task) {
  co_return co_await boost::asio::co_spawn(
      executor, std::move(task),
      boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(),
                                          boost::asio::use_awaitable));
}

}  // namespace antiphon

// Runs one coroutine of the command line to its end on this thread; SIGINT and SIGTERM cancel it.
#pragma once

#include "core/result.h"
#include "core/task_group.h"

#include <boost/asio/io_context.hpp>

#include <optional>
#include <utility>

namespace antiphon {

namespace detail {
// False when a signal ended it.
bool run_task(boost::asio::io_context& loop, Task<> task);
}  // namespace detail

template <class T>
Result<T> run_until_done(boost::asio::io_context& loop, Task<Result<T>> task) {
  std::optional<Result<T>> outcome;
  const bool ended = detail::run_task(loop, detail::store_result(std::move(task), outcome));
  if (!ended || !outcome) return failure(ErrorCode::cancelled, "interrupted");
  return std::move(*outcome);
}

}  // namespace antiphon

#include "app/run_until_done.h"

#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace antiphon::detail {

namespace {

Task<> finish_then(Task<> task, boost::asio::signal_set& signals) {
  co_await std::move(task);
  signals.cancel();
}

}  // namespace

bool run_task(boost::asio::io_context& loop, Task<> task) {
  bool interrupted = false;
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  TaskGroup group(loop.get_executor());
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    interrupted = true;
    group.cancel();
  });
  group.spawn(finish_then(std::move(task), signals));
  loop.restart();
  loop.run();
  return !interrupted;
}

}  // namespace antiphon::detail

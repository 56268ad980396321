#include "net/loop.h"

#include "core/check.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <pthread.h>

#include <thread>

namespace antiphon {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Duration kLagInterval = 100ms;

std::vector<double> lag_bounds() {
  return {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2};
}

Task<> watch_lag(Clock& clock, Histogram& lag, Gauge& lag_last) {
  while (true) {
    const auto due = clock.now() + kLagInterval;
    if (!co_await clock.sleep_until(due)) co_return;
    const std::chrono::duration<double> late = clock.now() - due;
    lag.observe(late.count());
    lag_last.set(late.count());
  }
}

}  // namespace

struct Loop::State {
  State() : work(context.get_executor()), tasks(context.get_executor()) {}

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  TaskGroup tasks;
  std::thread thread;
};

Loop::Loop(std::string name, Clock& clock, Metrics& metrics) : state_(std::make_unique<State>()) {
  CHECK(name.size() <= 15, "Linux cuts the names of threads at 15 characters");
  auto& lag = metrics.histogram("loop_lag_seconds", "How late an event loop comes round.",
                                lag_bounds(), {{"loop", name}});
  auto& lag_last =
      metrics.gauge("loop_lag_last_seconds", "The latest lag of an event loop.", {{"loop", name}});
  state_->tasks.spawn(watch_lag(clock, lag, lag_last));
  state_->thread = std::thread([context = &state_->context, name = std::move(name)] {
    pthread_setname_np(pthread_self(), name.c_str());
    context->run();
  });
}

Loop::~Loop() { stop(); }

Executor Loop::executor() { return state_->context.get_executor(); }

void Loop::stop() {
  if (!state_->thread.joinable()) return;
  CHECK(state_->thread.get_id() != std::this_thread::get_id(), "a loop cannot wait for itself");
  state_->context.stop();
  state_->thread.join();
}

}  // namespace antiphon

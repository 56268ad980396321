#include "providers/far_stream.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon {

namespace asio = boost::asio;

// Of the loop's executor alone.
struct FarLoop::State {
  explicit State(const Executor& executor) : tasks(executor) {}
  bool stopped = false;
  TaskGroup tasks;
};

FarLoop::FarLoop(Executor executor)
    : executor_(std::move(executor)), state_(std::make_shared<State>(executor_)) {}

void FarLoop::spawn(std::function<Task<>()> work) {
  asio::post(executor_, [state = state_, work = std::move(work)] {
    if (!state->stopped) state->tasks.spawn(work());
  });
}

Task<> FarLoop::drain(std::shared_ptr<State> state) {
  state->stopped = true;
  state->tasks.cancel();
  co_await state->tasks.join();
}

Task<> FarLoop::stop() {
  // As in core/run_on.h: no cancellation reaches the other executor.
  co_await asio::co_spawn(
      executor_, drain(state_),
      asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}

}  // namespace antiphon

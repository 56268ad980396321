#include "core/mailbox.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>

namespace antiphon::detail {

namespace asio = boost::asio;

struct Wakeup::State {
  explicit State(const asio::any_io_executor& executor) : gate(executor) {}

  // Nothing is ever sent: its cancellation wakes the waiter, on the executor of that coroutine. A
  // timer would do it on the loop, behind whatever else is ready there.
  asio::experimental::channel<asio::any_io_executor, void(boost::system::error_code)> gate;
  bool pending = false;  // touched on the executor only, like the gate
  std::atomic<bool> posted{false};
};

Wakeup::Wakeup(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}

Wakeup::~Wakeup() = default;

void Wakeup::notify() {
  // One wake in flight is enough for any number of items.
  if (state_->posted.exchange(true)) return;
  asio::post(state_->gate.get_executor(), [state = state_] {
    state->posted.store(false);
    state->pending = true;
    state->gate.cancel();
  });
}

Task<bool> Wakeup::wait() {
  const std::shared_ptr<State> state = state_;
  // Not is_cancelled(): a coroutine of its own, twice for each frame of each call.
  constexpr auto kNone = asio::cancellation_type::none;
  if ((co_await asio::this_coro::cancellation_state).cancelled() != kNone) co_return false;
  if (!state->pending) {
    co_await state->gate.async_receive(asio::as_tuple(asio::use_awaitable));
  }
  const bool woken = std::exchange(state->pending, false);
  co_return woken || (co_await asio::this_coro::cancellation_state).cancelled() == kNone;
}

}  // namespace antiphon::detail

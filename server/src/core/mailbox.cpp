#include "core/mailbox.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>

namespace antiphon::detail {

namespace asio = boost::asio;

struct Wakeup::State {
  explicit State(const asio::any_io_executor& executor)
      : timer(executor, asio::steady_timer::time_point::max()) {}

  asio::steady_timer timer;  // touched on its executor only
  bool pending = false;      // likewise
  std::atomic<bool> posted{false};
};

Wakeup::Wakeup(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}

Wakeup::~Wakeup() = default;

void Wakeup::notify() {
  // One wake in flight is enough for any number of items.
  if (state_->posted.exchange(true)) return;
  asio::post(state_->timer.get_executor(), [state = state_] {
    state->posted.store(false);
    state->pending = true;
    state->timer.cancel();
  });
}

Task<bool> Wakeup::wait() {
  const std::shared_ptr<State> state = state_;
  if (co_await is_cancelled()) co_return false;
  if (!state->pending) {
    co_await state->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  const bool woken = std::exchange(state->pending, false);
  co_return woken || !co_await is_cancelled();
}

}  // namespace antiphon::detail

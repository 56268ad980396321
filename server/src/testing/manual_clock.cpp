#include "testing/manual_clock.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon {

namespace asio = boost::asio;

struct ManualClock::Sleeper {
  explicit Sleeper(const asio::any_io_executor& executor)
      : timer(executor, asio::steady_timer::time_point::max()) {}

  // Armed at "never": only advance() or a cancelled caller ends the wait.
  asio::steady_timer timer;
  bool due = false;
};

// A sleeper's line in the clock's list, for as long as its coroutine waits.
class ManualClock::Place {
 public:
  Place(std::shared_ptr<Sleepers> list, Timepoint deadline, std::shared_ptr<Sleeper> sleeper)
      : list_(std::move(list)), sleeper_(sleeper), entry_(list_->emplace(deadline, sleeper)) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (!sleeper_->due) list_->erase(entry_);
  }

 private:
  std::shared_ptr<Sleepers> list_;
  std::shared_ptr<Sleeper> sleeper_;
  Sleepers::iterator entry_;
};

ManualClock::ManualClock()
    : now_(std::chrono::hours(1)),
      wall_(std::chrono::seconds(1'767'603'600)),
      sleepers_(std::make_shared<Sleepers>()) {}

ManualClock::~ManualClock() = default;

Task<Result<>> ManualClock::sleep_until(Timepoint deadline) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  if (deadline <= now_) co_return Result<>{};
  const auto sleeper = std::make_shared<Sleeper>(co_await asio::this_coro::executor);
  const Place place(sleepers_, deadline, sleeper);
  co_await sleeper->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (sleeper->due) co_return Result<>{};
  co_return failure(ErrorCode::cancelled, "the wait was cancelled");
}

void ManualClock::advance(Duration step) {
  now_ += step;
  wall_ += std::chrono::duration_cast<WallTime::duration>(step);
  while (!sleepers_->empty() && sleepers_->begin()->first <= now_) {
    const auto sleeper = sleepers_->begin()->second;
    sleepers_->erase(sleepers_->begin());
    sleeper->due = true;
    sleeper->timer.cancel();
  }
}

void ManualClock::jump_wall(Duration step) {
  wall_ += std::chrono::duration_cast<WallTime::duration>(step);
}

std::size_t ManualClock::sleeper_count() const { return sleepers_->size(); }

Timepoint ManualClock::next_deadline() const {
  return sleepers_->empty() ? Timepoint::max() : sleepers_->begin()->first;
}

}  // namespace antiphon

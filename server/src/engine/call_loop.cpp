#include "engine/call_loop.h"

#include "core/check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace antiphon {

namespace asio = boost::asio;

// Puts what becomes ready into the call's own queue. Copies of it lie in coroutine frames, which
// never outlive the loop's use.
struct CallLoop::PrivateExecutor {
  CallLoop* loop;

  bool operator==(const PrivateExecutor&) const noexcept = default;
  // Where the services of timers and channels live.
  [[nodiscard]] asio::execution_context& query(asio::execution::context_t) const noexcept {
    return loop->context_;
  }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  template <class Work>
  void execute(Work work) const {
    loop->execute(std::move(work));
  }
};

// Nothing is ever sent: its cancellation wakes the coroutine that waits.
struct CallLoop::Gate {
  asio::experimental::channel<Executor, void(boost::system::error_code)> channel;
};

CallLoop::Operation::Operation(const CallLoop& loop)
    : gate(new Gate{{loop.executor_}}), recalled(loop.outer_, 1, WhenFull::refuse) {}

CallLoop::Operation::~Operation() = default;

void CallLoop::Operation::answer() {
  has_answer = true;
  gate->channel.cancel();
}

Task<> CallLoop::Operation::until_recalled(std::shared_ptr<Operation> operation) {
  const auto recalled = co_await operation->recalled.receive();
  static_cast<void>(recalled);
}

CallLoop::CallLoop(Executor outer, Clock& clock) : CallLoop(std::move(outer)) {
  clock_ = &clock;
  now_ = rounded(clock.now());
  set_wall(clock.wall());
}

CallLoop::CallLoop(Executor outer)
    : context_(asio::query(outer, asio::execution::context)),
      outer_(std::move(outer)),
      executor_(PrivateExecutor{this}),
      outside_(outer_) {}

CallLoop::~CallLoop() = default;

Timepoint CallLoop::rounded(Timepoint time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

WallTime CallLoop::wall() const {
  return wall_ + std::chrono::duration_cast<WallTime::duration>(now_ - wall_at_);
}

void CallLoop::drain() {
  CHECK(!std::exchange(draining_, true), "an event of a call ends before the next begins");
  while (!ready_.empty()) {
    auto work = std::move(ready_.front());
    ready_.pop_front();
    work();
  }
  draining_ = false;
}

void CallLoop::add(const std::shared_ptr<Operation>& operation) {
  operation->number = ++operations_;
  waiting_.emplace(operation->number, operation);
}

// A neighbour that was told to stop answers too: until then what it works on must not go.
Task<> CallLoop::wait_for(std::shared_ptr<Operation> operation) {
  while (!operation->has_answer) {
    if (co_await is_cancelled()) operation->recalled.close();
    co_await operation->gate->channel.async_receive(asio::as_tuple(asio::use_awaitable));
  }
  waiting_.erase(operation->number);
}

void CallLoop::arrived(const std::shared_ptr<Operation>& operation,
                       const std::function<void(CallLog&)>& write_answer) {
  run(outer_now(), [&] {
    if (log_ != nullptr) write_answer(*log_);
    operation->answer();
  });
}

Result<> CallLoop::deliver(std::uint64_t operation, std::span<const std::byte> answer) {
  const auto entry = waiting_.find(operation);
  const auto asked = entry == waiting_.end() ? nullptr : entry->second.lock();
  LogReader in(answer);
  if (!asked || asked->has_answer || !asked->read_answer(in)) {
    return failure(ErrorCode::corrupt, "the log answers what the call did not ask");
  }
  asked->answer();
  return {};
}

Task<Result<>> CallLoop::sleep_until(Timepoint deadline) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  if (deadline <= now_) co_return Result<>{};
  Gate gate{{executor_}};
  const auto place = sleepers_.emplace(deadline, &gate);
  co_await gate.channel.async_receive(asio::as_tuple(asio::use_awaitable));
  const bool slept = place->second == nullptr;
  sleepers_.erase(place);
  if (slept) co_return Result<>{};
  co_return failure(ErrorCode::cancelled, "the wait was cancelled");
}

// Who is woken takes his place out of the list himself, when he runs.
void CallLoop::wake() {
  for (auto& [deadline, gate] : sleepers_) {
    if (deadline > now_) return;
    if (gate != nullptr) std::exchange(gate, nullptr)->channel.cancel();
  }
}

void CallLoop::answer_nobody() {
  for (const auto& [number, waiting] : waiting_) {
    if (const auto asked = waiting.lock()) asked->answer();
  }
}

}  // namespace antiphon

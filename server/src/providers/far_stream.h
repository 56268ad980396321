// A stream that is made on one executor and read on another: what speaks with a provider over the
// network runs on a loop of its own, and neither a flood nor a handshake there moves a call's tick.
//
//   FarLoop far(providers_executor);
//   FarStream<int> stream(far, [](FarOutlet<int> out) -> Task<> {    // on the providers' loop
//     if (!co_await out.give(7)) co_return;                          // false: the reader has gone
//   });
//   Result<int> seven = co_await stream.next();                      // on the reader's executor
//   co_await far.stop();                                             // from anywhere else; joins
//
// The work begins when the stream is made and is cancelled when the stream goes. What it still
// holds then ends on the providers' loop; what it borrows outlives the loop.
// Limits  kAheadMax items wait for the reader; then give() waits.
// Errors  next(): closed when the work has ended and all was read; cancelled.
// Thread  next(), and the end of a stream: the reader's executor. FarLoop: any.
#pragma once

#include "core/mailbox.h"
#include "core/task_group.h"
#include "providers/wake_signal.h"

#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace antiphon {

class FarLoop {
 public:
  explicit FarLoop(Executor executor);

  [[nodiscard]] const Executor& executor() const { return executor_; }
  // Runs it on the loop; `work` is dropped when the loop has been stopped.
  void spawn(std::function<Task<>()> work);
  // Cancels what runs and returns when it has ended. The executor still runs.
  Task<> stop();

 private:
  struct State;
  static Task<> drain(std::shared_ptr<State> state);

  Executor executor_;
  std::shared_ptr<State> state_;  // also of what was posted and has not run
};

namespace detail {

template <class T>
struct FarQueue {
  static constexpr std::size_t kAheadMax = 64;

  FarQueue(const Executor& far, WakeSignal arrived_in)
      : arrived(std::move(arrived_in)), recalled(far, 1, WhenFull::refuse) {}

  Mutex mutex;
  std::deque<Result<T>> items GUARDED_BY(mutex);
  bool ended GUARDED_BY(mutex) = false;
  WakeSignal arrived;      // the reader waits
  WakeSignal room;         // the maker waits
  Mailbox<char> recalled;  // closed when nobody reads any more

  [[nodiscard]] bool is_full() {
    const MutexLock lock(mutex);
    return items.size() >= kAheadMax;
  }
};

}  // namespace detail

template <class T>
class FarOutlet {
 public:
  explicit FarOutlet(std::shared_ptr<detail::FarQueue<T>> queue) : queue_(std::move(queue)) {}

  // False when the reader has gone.
  Task<bool> give(Result<T> item) {
    while (queue_->is_full()) {
      if (!co_await queue_->room.wait()) co_return false;
    }
    if (co_await is_cancelled()) co_return false;
    {
      const MutexLock lock(queue_->mutex);
      queue_->items.push_back(std::move(item));
    }
    queue_->arrived.raise_from_anywhere();
    co_return true;
  }

 private:
  std::shared_ptr<detail::FarQueue<T>> queue_;  // the reader is the other owner
};

template <class T>
class FarStream {
 public:
  using Work = std::function<Task<>(FarOutlet<T>)>;

  // A reader of several streams waits for `arrived`, which is raised with each item and at the end,
  // and looks into all of them with try_next().
  FarStream(FarLoop& far, Work work, WakeSignal arrived = {})
      : queue_(std::make_shared<detail::FarQueue<T>>(far.executor(), std::move(arrived))) {
    far.spawn([queue = queue_, work = std::move(work)] { return run(queue, work); });
  }
  FarStream(const FarStream&) = delete;
  FarStream& operator=(const FarStream&) = delete;
  ~FarStream() { queue_->recalled.close(); }

  Task<Result<T>> next() {
    while (true) {
      if (auto item = try_next()) co_return std::move(*item);
      if (!co_await queue_->arrived.wait()) {
        co_return failure(ErrorCode::cancelled, "the one who asked has gone");
      }
    }
  }

  // What next() would give, if it is there.
  [[nodiscard]] std::optional<Result<T>> try_next() {
    std::optional<Result<T>> item;
    {
      const MutexLock lock(queue_->mutex);
      if (queue_->items.empty()) {
        if (!queue_->ended) return std::nullopt;
        return Result<T>(failure(ErrorCode::closed, "the stream has ended"));
      }
      item = std::move(queue_->items.front());
      queue_->items.pop_front();
    }
    queue_->room.raise_from_anywhere();
    return item;
  }

 private:
  static Task<> run(std::shared_ptr<detail::FarQueue<T>> queue, Work work) {
    const bool finished =
        co_await detail::wait_first(work(FarOutlet<T>(queue)), until_recalled(queue));
    static_cast<void>(finished);
    {
      const MutexLock lock(queue->mutex);
      queue->ended = true;
    }
    queue->arrived.raise_from_anywhere();
  }
  static Task<> until_recalled(std::shared_ptr<detail::FarQueue<T>> queue) {
    const auto over = co_await queue->recalled.receive();
    static_cast<void>(over);
  }

  std::shared_ptr<detail::FarQueue<T>> queue_;  // the work is the other owner
};

}  // namespace antiphon

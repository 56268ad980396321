// A bounded queue from any thread to one coroutine.
//
// push()     any thread; never waits. Full: refused, or the oldest goes, as stated at construction;
//            both counted.
// receive()  the consumer's executor, one waiter. Errors: cancelled; closed after close() and the
//            last item.
#pragma once

#include "core/mutex.h"
#include "core/result.h"
#include "core/task.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace antiphon {

enum class WhenFull : std::uint8_t { refuse, drop_oldest };

namespace detail {

// Wakes one waiter on its executor, from any thread. A wake before the wait is remembered.
class Wakeup {
 public:
  explicit Wakeup(boost::asio::any_io_executor executor);
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  ~Wakeup();
  void notify();
  // Returns false when cancelled.
  Task<bool> wait();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with wakes that are still on their way
};

}  // namespace detail

template <class T>
class Mailbox {
 public:
  Mailbox(boost::asio::any_io_executor executor, std::size_t capacity, WhenFull when_full)
      : wakeup_(std::move(executor)), capacity_(capacity), when_full_(when_full) {}

  // False when the item was refused: full, or closed.
  bool push(T item) {
    {
      const MutexLock lock(mutex_);
      if (closed_) return false;
      if (items_.size() >= capacity_) {
        ++dropped_;
        if (when_full_ == WhenFull::refuse) return false;
        items_.pop_front();
      }
      items_.push_back(std::move(item));
    }
    wakeup_.notify();
    return true;
  }

  void close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    wakeup_.notify();
  }

  [[nodiscard]] std::optional<T> try_receive() {
    const MutexLock lock(mutex_);
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  Task<Result<T>> receive() {
    while (true) {
      if (auto item = try_receive()) co_return std::move(*item);
      if (is_closed()) co_return failure(ErrorCode::closed, "the mailbox is closed");
      if (!co_await wakeup_.wait()) {
        co_return failure(ErrorCode::cancelled, "the wait was cancelled");
      }
    }
  }

  [[nodiscard]] std::uint64_t dropped() const {
    const MutexLock lock(mutex_);
    return dropped_;
  }
  [[nodiscard]] std::size_t size() const {
    const MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  [[nodiscard]] bool is_closed() const {
    const MutexLock lock(mutex_);
    return closed_ && items_.empty();
  }

  detail::Wakeup wakeup_;
  const std::size_t capacity_;
  const WhenFull when_full_;
  mutable Mutex mutex_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  std::uint64_t dropped_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace antiphon

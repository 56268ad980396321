// A mutex that clang's thread-safety analysis understands. For metrics and pools only (STYLE
// section 1).
#pragma once

#include <condition_variable>
#include <mutex>

#define ANTIPHON_ANNOTATE(x) __attribute__((x))
#define GUARDED_BY(x) ANTIPHON_ANNOTATE(guarded_by(x))
#define REQUIRES(x) ANTIPHON_ANNOTATE(requires_capability(x))

namespace antiphon {

class ANTIPHON_ANNOTATE(capability("mutex")) Mutex {
 public:
  void lock() ANTIPHON_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  void unlock() ANTIPHON_ANNOTATE(release_capability()) { mutex_.unlock(); }
  [[nodiscard]] bool try_lock() ANTIPHON_ANNOTATE(try_acquire_capability(true)) {
    return mutex_.try_lock();
  }

 private:
  std::mutex mutex_;
};

class ANTIPHON_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ANTIPHON_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() ANTIPHON_ANNOTATE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Wait with the lock held: `while (!ready_) condition.wait(mutex_);`
class Condition {
 public:
  void wait(Mutex& mutex) REQUIRES(mutex) { condition_.wait(mutex); }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace antiphon

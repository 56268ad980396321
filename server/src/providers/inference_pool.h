// The one place where models run beside the calls: a bounded number of threads, a bounded queue,
// deadlines.
//
//   InferencePool pool(clock, metrics, {.threads = 2});
//   const InferenceJob job{.kind = InferenceKind::turn, .deadline = soon};
//   Result<float> answer = co_await pool.run<float>(job, [model] { return model->judge(); });
//
// Order   by kind (finals before turns before speech before embeddings before partials before what
//         is prepared for later), then by deadline.
// Limits  at most `capacity` jobs wait. Full: a waiting partial or preparation makes room for
//         anything better, else the new job is refused. The newest partial of a stream replaces
//         the one that still waits.
// Errors  resource_exhausted (full), timeout (its deadline passed before it began), cancelled (the
//         waiter went, or a newer partial took its place), closed (the pool stops). A job that has
//         begun runs to its end.
// Thread  submit() and run() from any thread and executor. The work runs on a thread of the pool
//         and must own what it touches: its waiter may be gone.
#pragma once

#include "core/clock.h"
#include "core/metrics.h"
#include "core/result.h"
#include "core/task.h"
#include "providers/wake_signal.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace antiphon {

// From the most urgent to the least.
enum class InferenceKind : std::uint8_t { stt_final, turn, tts, embed, stt_partial, prepare };
inline constexpr std::size_t kInferenceKinds = 6;

struct InferenceJob {
  InferenceKind kind = InferenceKind::embed;
  Timepoint deadline = Timepoint::max();
  std::uint64_t stream = 0;  // of a partial: whose; 0 replaces nothing
  std::uint32_t engine = 0;  // jobs of one engine never run side by side; 0: the work is safe to
};

class InferencePool;

namespace detail {
struct InferenceTicket;
}

// A job somewhere between the queue and its end. Destroying it drops the job if it has not begun.
class PendingInference {
 public:
  explicit PendingInference(std::shared_ptr<detail::InferenceTicket> ticket);
  PendingInference(PendingInference&&) noexcept;
  PendingInference& operator=(PendingInference&&) noexcept;
  ~PendingInference();

  [[nodiscard]] bool is_done() const;
  // False from the moment a thread takes it.
  [[nodiscard]] bool is_waiting() const;
  // Of a job that is done: whether the work ran.
  [[nodiscard]] Result<> outcome() const;

 private:
  std::shared_ptr<detail::InferenceTicket>
      ticket_;  // the other owner is the queue or the running thread
};

template <class T>
class Pending {
 public:
  Pending(PendingInference job, std::shared_ptr<std::optional<Result<T>>> slot)
      : job_(std::move(job)), slot_(std::move(slot)) {}

  [[nodiscard]] bool is_done() const { return job_.is_done(); }
  [[nodiscard]] bool is_waiting() const { return job_.is_waiting(); }
  // Once, when done.
  [[nodiscard]] Result<T> take() {
    auto ran = job_.outcome();
    if (!ran) return std::unexpected(std::move(ran.error()));
    return std::move(**slot_);
  }

 private:
  PendingInference job_;
  std::shared_ptr<std::optional<Result<T>>> slot_;  // the other owner is the work
};

class InferencePool {
 public:
  struct Options {
    std::size_t threads = 2;  // 0: nothing runs until run_one() is called
    std::size_t capacity = 64;
  };

  InferencePool(const Clock& clock, Metrics& metrics, Options options);
  InferencePool(const InferencePool&) = delete;
  InferencePool& operator=(const InferencePool&) = delete;
  ~InferencePool();

  // Ends every waiting job with `closed`, waits for those that run, and takes no more. Before the
  // models and the executors of those who wait go: a job that runs uses both. Any thread but ours.
  void stop();

  // `done` is called once, from any thread, also from inside submit(); it must be quick.
  template <class T>
  [[nodiscard]] Pending<T> submit(InferenceJob job, std::move_only_function<Result<T>()> work,
                                  std::move_only_function<void()> done) {
    auto slot = std::make_shared<std::optional<Result<T>>>();
    auto fill = [slot, work = std::move(work)]() mutable { slot->emplace(work()); };
    return Pending<T>(enqueue(job, std::move(fill), std::move(done)), slot);
  }

  template <class T>
  Task<Result<T>> run(InferenceJob job, std::move_only_function<Result<T>()> work) {
    WakeSignal signal;
    auto pending =
        submit<T>(job, std::move(work), [signal]() mutable { signal.raise_from_anywhere(); });
    while (!pending.is_done()) {
      if (!co_await signal.wait()) {
        co_return failure(ErrorCode::cancelled, "the one who asked has gone");
      }
    }
    co_return pending.take();
  }

  // Runs the most urgent job on the calling thread; false when none may start.
  bool run_one();
  [[nodiscard]] std::size_t waiting() const;
  // Which part of its threads' time was spent on jobs in the last 4 s, without preparations, which
  // give way to everything. 0 to 1. Any thread.
  [[nodiscard]] double busy() const;
  // Whether one more call like the `calls` there are would find it below nine tenths of that; by
  // how long the jobs of those calls really took. The first two are always let in.
  [[nodiscard]] bool has_room(std::size_t calls) const;
  [[nodiscard]] const Clock& clock() const;

 private:
  friend class PendingInference;
  struct Impl;
  PendingInference enqueue(InferenceJob job, std::move_only_function<void()> work,
                           std::move_only_function<void()> done);

  std::shared_ptr<Impl> impl_;  // tickets that outlive the pool find it gone
};

}  // namespace antiphon

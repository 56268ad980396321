// How many more calls one media thread can carry, measured while it carries some.
//
// Every half second: the thread's share of a core, divided by its calls, is what one call costs;
// room is what is left below kBusyMax, less the calls of the last 3 s, which do not show yet. Ticks
// that come late leave no room at all: the machine is busy with something else.
// Until there are kCallsTold calls nothing is known, and the first kCallsFirst are let in.
//
// Thread  note_tick(), added(), idle() on the worker's own; has_room() and busy() on any.
#pragma once

#include "core/clock.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>

namespace antiphon {

class WorkerLoad {
 public:
  static constexpr double kBusyMax = 0.85;
  static constexpr std::size_t kCallsTold = 16;
  static constexpr std::size_t kCallsFirst = 64;

  // `thread_time` is the processor time that the calling thread has used; empty: not known, and
  // only late ticks limit.
  explicit WorkerLoad(std::function<Duration()> thread_time)
      : thread_time_(std::move(thread_time)) {}

  // After each tick that was due at `due` and began at `began`, with `calls` on the worker.
  void note_tick(Timepoint due, Timepoint began, std::size_t calls);
  // A call was added.
  void added();
  // The last call has gone: what was measured holds no more.
  void idle();

  [[nodiscard]] bool has_room() const { return room_.load(std::memory_order_relaxed) > 0; }
  // Share of a core in the last window; 0 while idle.
  [[nodiscard]] double busy() const { return busy_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kWindowsToShow = 6;  // 3 s

  void close_window(Timepoint now, std::size_t calls);
  [[nodiscard]] std::size_t not_shown() const;

  std::function<Duration()> thread_time_;
  Timepoint window_began_{};
  Duration used_before_{0};
  std::size_t ticks_ = 0;
  std::size_t late_ticks_ = 0;
  std::size_t late_windows_ = 0;  // in a row
  std::array<std::size_t, kWindowsToShow> added_{};
  std::size_t window_ = 0;
  std::atomic<std::size_t> room_{kCallsFirst};
  std::atomic<double> busy_{0};
};

}  // namespace antiphon

#include "engine/worker_load.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr Duration kWindow = 500ms;
constexpr Duration kLate = 20ms;  // a whole frame
constexpr std::size_t kLateWindows = 2;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void WorkerLoad::note_tick(Timepoint due, Timepoint began, std::size_t calls) {
  ++ticks_;
  if (began - due > kLate) ++late_ticks_;
  if (window_began_ == Timepoint{}) {
    window_began_ = began;
    if (thread_time_) used_before_ = thread_time_();
  }
  if (began - window_began_ >= kWindow) close_window(began, calls);
}

void WorkerLoad::added() {
  ++added_[window_];
  const std::size_t room = room_.load(std::memory_order_relaxed);
  if (room > 0) room_.store(room - 1, std::memory_order_relaxed);
}

void WorkerLoad::idle() {
  window_began_ = {};
  ticks_ = late_ticks_ = late_windows_ = 0;
  added_.fill(0);
  busy_.store(0, std::memory_order_relaxed);
  room_.store(kCallsFirst, std::memory_order_relaxed);
}

std::size_t WorkerLoad::not_shown() const {
  return std::accumulate(added_.begin(), added_.end(), std::size_t{0});
}

void WorkerLoad::close_window(Timepoint now, std::size_t calls) {
  double busy = 0;
  if (thread_time_) {
    const Duration used = thread_time_();
    busy = seconds(used - used_before_) / seconds(now - window_began_);
    used_before_ = used;
  }
  busy_.store(busy, std::memory_order_relaxed);
  // One tick in ten, twice in a row: not a hiccup.
  late_windows_ = late_ticks_ * 10 > ticks_ ? late_windows_ + 1 : 0;
  window_began_ = now;
  ticks_ = late_ticks_ = 0;
  const std::size_t recent = not_shown();
  window_ = (window_ + 1) % kWindowsToShow;
  added_[window_] = 0;

  std::size_t room = kCallsFirst - std::min(kCallsFirst, calls);
  const std::size_t shown = calls - std::min(calls, recent);
  if (calls >= kCallsTold && late_windows_ >= kLateWindows) {
    room = 0;
  } else if (shown >= kCallsTold && busy > 0) {
    const double cost = busy / static_cast<double>(calls);
    const double left = std::max(0.0, kBusyMax - busy) / cost;
    room = static_cast<std::size_t>(left);
    room -= std::min(room, recent);
  }
  room_.store(room, std::memory_order_relaxed);
}

}  // namespace antiphon

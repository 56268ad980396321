// Time as a port. Everything that waits or stamps gets a Clock, so a whole call runs in a test by
// hand.
//
// now()   steady, for durations and deadlines.   wall()  civil time, for records and people; may
//         jump.
// Errors  sleep_until: ErrorCode::cancelled when the waiter is cancelled first.
// Thread  any; a sleeper wakes on its own executor.
#pragma once

#include "core/result.h"
#include "core/task.h"

#include <chrono>

namespace antiphon {

using Duration = std::chrono::nanoseconds;
using Timepoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timepoint now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
  virtual Task<Result<>> sleep_until(Timepoint deadline) = 0;

  Task<Result<>> sleep_for(Duration duration);
};

[[nodiscard]] inline std::chrono::milliseconds to_milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

}  // namespace antiphon

// The real clock. The only place that reads one.
#pragma once

#include "core/clock.h"

namespace antiphon {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timepoint now() const override;
  [[nodiscard]] WallTime wall() const override;
  Task<Result<>> sleep_until(Timepoint deadline) override;
};

// Processor time that the calling thread has used.
[[nodiscard]] Duration thread_time();

}  // namespace antiphon

// Cancels a coroutine once at each of its suspension points, each time from a fresh start.
//
//   const CancelReport report = cancel_everywhere(body);   // Task<> body(Executor, Clock&)
//   EXPECT_EQ(report.points, 4U);                          // how many the body has
//   EXPECT_TRUE(report.stuck.empty());
//
// A point is stuck when the body did not end after the cancellation without any time passing: it
// waits for something that ignores it. Whatever the body leaves behind it asserts itself, after its
// own co_await.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace antiphon {

struct CancelReport {
  std::size_t points = 0;
  std::vector<std::size_t> stuck;
};

using CancelBody = std::function<Task<>(Executor, Clock&)>;

[[nodiscard]] CancelReport cancel_everywhere(const CancelBody& body);

}  // namespace antiphon

#include "core/system_clock.h"
#include "core/task_group.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  Timepoint before = clock.now();
  for (int round = 0; round < 1000; ++round) {
    const Timepoint after = clock.now();
    ASSERT_GE(after, before);
    before = after;
  }
}

TEST(SystemClock, KnowsTheYear) {
  const SystemClock clock;
  EXPECT_GT(clock.wall(), std::chrono::sys_days(std::chrono::year(2025) / 1 / 1));
}

TEST(SystemClock, SleepsAtLeastAsLongAsAsked) {
  boost::asio::io_context loop;
  SystemClock clock;
  const Timepoint before = clock.now();
  EXPECT_TRUE(run(loop, clock.sleep_for(2ms)).has_value());
  EXPECT_GE(clock.now() - before, 2ms);
}

TEST(SystemClock, DoesNotWaitForAnInstantThatHasPassed) {
  boost::asio::io_context loop;
  SystemClock clock;
  EXPECT_TRUE(run(loop, clock.sleep_until(clock.now() - 1h)).has_value());
}

TEST(SystemClock, ACancelledSleepEndsAtOnce) {
  boost::asio::io_context loop;
  SystemClock clock;
  TaskGroup group(loop.get_executor());
  std::optional<Result<>> outcome;
  group.spawn(detail::store_result(clock.sleep_for(24h), outcome));
  run_until_idle(loop);
  group.cancel();
  run_until_idle(loop);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace antiphon

#include "testing/manual_clock.h"

#include "core/task_group.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

Task<> note(Clock& clock, Duration duration, std::string name, std::string& order) {
  const auto slept = co_await clock.sleep_for(duration);
  order += slept ? name : "(" + name + ")";
}

TEST(ManualClock, StandsStillUntilItIsAdvanced) {
  ManualClock clock;
  const Timepoint before = clock.now();
  const WallTime wall = clock.wall();
  EXPECT_EQ(clock.now(), before);
  clock.advance(20ms);
  EXPECT_EQ(clock.now() - before, 20ms);
  EXPECT_EQ(clock.wall() - wall, 20ms);
  clock.jump_wall(-1h);
  EXPECT_EQ(clock.now() - before, 20ms);
  EXPECT_EQ(clock.wall() - wall, 20ms - 1h);
}

TEST(ManualClock, StartsOnAMondayMorning) {
  const ManualClock clock;
  const auto day = std::chrono::floor<std::chrono::days>(clock.wall());
  EXPECT_EQ(std::chrono::year_month_day(day), std::chrono::year(2026) / 1 / 5);
  EXPECT_EQ(std::chrono::weekday(day), std::chrono::Monday);
  EXPECT_EQ(clock.wall() - day, 9h);
}

TEST(ManualClock, WakesSleepersInTheOrderOfTheirDeadlines) {
  boost::asio::io_context loop;
  ManualClock clock;
  TaskGroup group(loop.get_executor());
  std::string order;
  group.spawn(note(clock, 30ms, "c", order));
  group.spawn(note(clock, 10ms, "a", order));
  group.spawn(note(clock, 20ms, "b", order));
  group.spawn(note(clock, 40ms, "d", order));
  run_until_idle(loop);
  EXPECT_EQ(clock.sleeper_count(), 4U);
  clock.advance(30ms);
  run_until_idle(loop);
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(clock.next_deadline() - clock.now(), 10ms);
}

TEST(ManualClock, ACancelledSleeperIsForgotten) {
  boost::asio::io_context loop;
  ManualClock clock;
  TaskGroup group(loop.get_executor());
  std::string order;
  group.spawn(note(clock, 10ms, "a", order));
  run_until_idle(loop);
  group.cancel();
  run_until_idle(loop);
  EXPECT_EQ(order, "(a)");
  EXPECT_EQ(clock.sleeper_count(), 0U);
  EXPECT_EQ(clock.next_deadline(), Timepoint::max());
}

TEST(ManualClock, SleepingUntilNowDoesNotWait) {
  boost::asio::io_context loop;
  ManualClock clock;
  EXPECT_TRUE(run(loop, clock.sleep_for(0ms)).has_value());
  EXPECT_TRUE(run(loop, clock.sleep_until(clock.now() - 1h)).has_value());
}

TEST(ManualClock, OutlivesALoopThatEndsWithSleepersInIt) {
  ManualClock clock;
  {
    boost::asio::io_context loop;
    TaskGroup group(loop.get_executor());
    std::string order;
    group.spawn(note(clock, 10ms, "a", order));
    run_until_idle(loop);
    EXPECT_EQ(clock.sleeper_count(), 1U);
  }
  EXPECT_EQ(clock.sleeper_count(), 0U);
  clock.advance(1h);
}

}  // namespace
}  // namespace antiphon

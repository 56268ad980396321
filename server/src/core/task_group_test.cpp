#include "core/task_group.h"

#include "core/mailbox.h"
#include "testing/cancel_everywhere.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// Tells that it was left, however it was left.
class Trace {
 public:
  explicit Trace(int& open) : open_(open) { ++open_; }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { --open_; }

 private:
  int& open_;
};

Task<> sleep_once(Clock& clock, Duration duration, std::optional<ErrorCode>& code, bool& slept) {
  const auto outcome = co_await clock.sleep_for(duration);
  if (outcome) {
    slept = true;
  } else {
    code = outcome.error().code;
  }
}

Task<Result<int>> answer_after(Clock& clock, Duration duration, int answer, int& open) {
  const Trace trace(open);
  const auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return std::unexpected(slept.error());
  co_return answer;
}

Task<Result<int>> fail_after(Clock& clock, Duration duration) {
  const auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return std::unexpected(slept.error());
  co_return failure(ErrorCode::unavailable, "the neighbour is away");
}

struct Loop {
  boost::asio::io_context io;
  ManualClock clock;

  void advance(Duration step) {
    run_until_idle(io);  // what was spawned begins before time passes
    clock.advance(step);
    run_until_idle(io);
  }
};

TEST(TaskGroup, RunsWhatItIsGivenAndForgetsItWhenItEnds) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::optional<ErrorCode> code;
  bool slept = false;
  group.spawn(sleep_once(loop.clock, 20ms, code, slept));
  run_until_idle(loop.io);
  EXPECT_EQ(group.size(), 1U);
  loop.advance(20ms);
  EXPECT_TRUE(slept);
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, CancelsATaskThatHasNotStarted) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::optional<ErrorCode> code;
  bool slept = false;
  group.spawn(sleep_once(loop.clock, 20ms, code, slept));
  group.cancel();
  run_until_idle(loop.io);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_EQ(loop.clock.sleeper_count(), 0U);
}

TEST(TaskGroup, JoinReturnsWhenTheLastTaskHasEnded) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::optional<ErrorCode> code;
  bool slept = false;
  bool joined = false;
  group.spawn(sleep_once(loop.clock, 20ms, code, slept));
  group.spawn(sleep_once(loop.clock, 40ms, code, slept));
  TaskGroup outer(loop.io.get_executor());
  outer.spawn([](TaskGroup& inner, bool& done) -> Task<> {
    co_await inner.join();
    done = true;
  }(group, joined));
  loop.advance(20ms);
  EXPECT_FALSE(joined);
  loop.advance(20ms);
  EXPECT_TRUE(joined);
}

TEST(TaskGroup, JoinOfAnEmptyGroupReturnsAtOnce) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  run(loop.io, group.join());
  EXPECT_EQ(group.size(), 0U);
}

// The owner destroys what the tasks use as soon as join() returns, so it may not return early.
TEST(TaskGroup, ACancelledJoinCancelsTheTasksAndStillWaitsForThem) {
  Loop loop;
  TaskGroup outer(loop.io.get_executor());
  int open = 0;
  int open_at_join = -1;
  outer.spawn([](Executor executor, Clock& clock, int& left, int& seen) -> Task<> {
    TaskGroup inner(executor);
    inner.spawn([](Clock& c, int& count) -> Task<> {
      const Trace trace(count);
      const auto ignored = co_await c.sleep_for(1h);
      static_cast<void>(ignored);
      // Cleaning up takes one more turn of the loop.
      co_await boost::asio::post(boost::asio::use_awaitable);
    }(clock, left));
    co_await inner.join();
    seen = left;
  }(loop.io.get_executor(), loop.clock, open, open_at_join));
  run_until_idle(loop.io);
  EXPECT_EQ(open, 1);
  outer.cancel();
  run_until_idle(loop.io);
  EXPECT_EQ(open_at_join, 0);
  EXPECT_EQ(outer.size(), 0U);
}

TEST(TaskGroup, CancellingTwiceOrFromInsideATaskIsTheSameAsOnce) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::vector<ErrorCode> codes;
  for (int index = 0; index < 3; ++index) {
    group.spawn([](TaskGroup& own, Clock& clock, std::vector<ErrorCode>& seen) -> Task<> {
      const auto outcome = co_await clock.sleep_for(1h);
      if (!outcome) seen.push_back(outcome.error().code);
      own.cancel();
      const auto again = co_await clock.sleep_for(1h);
      if (!again) seen.push_back(again.error().code);
    }(group, loop.clock, codes));
  }
  run_until_idle(loop.io);
  group.cancel();
  group.cancel();
  run_until_idle(loop.io);
  EXPECT_EQ(codes, std::vector<ErrorCode>(6, ErrorCode::cancelled));
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, DestroyingTheGroupCancelsWhatStillRuns) {
  Loop loop;
  std::optional<ErrorCode> code;
  bool slept = false;
  {
    TaskGroup group(loop.io.get_executor());
    group.spawn(sleep_once(loop.clock, 1h, code, slept));
    run_until_idle(loop.io);
  }
  run_until_idle(loop.io);
  EXPECT_EQ(code, ErrorCode::cancelled);
}

TEST(TaskGroup, FreesTasksThatNeverRan) {
  int open = 0;
  {
    Loop loop;
    TaskGroup group(loop.io.get_executor());
    group.spawn([](std::unique_ptr<Trace> trace) -> Task<> {
      static_cast<void>(trace);
      co_return;
    }(std::make_unique<Trace>(open)));
    EXPECT_EQ(open, 1);
  }
  EXPECT_EQ(open, 0);
}

TEST(TaskGroupDeathTest, AnExceptionThatLeavesATaskEndsTheProcess) {
  const auto spawn_thrower = [] {
    boost::asio::io_context io;
    TaskGroup group(io.get_executor());
    group.spawn([]() -> Task<> {
      static_cast<void>(std::string().at(1));
      co_return;
    }());
    io.run();
  };
  EXPECT_DEATH(spawn_thrower(), "never by throwing");
}

TEST(WithDeadline, GivesTheAnswerThatComesInTime) {
  Loop loop;
  int open = 0;
  TaskGroup group(loop.io.get_executor());
  std::optional<Result<int>> outcome;
  group.spawn(detail::store_result(
      with_deadline(loop.clock, loop.clock.now() + 50ms, answer_after(loop.clock, 20ms, 7, open)),
      outcome));
  loop.advance(20ms);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->value(), 7);
  EXPECT_EQ(loop.clock.sleeper_count(), 0U) << "the alarm is still armed";
}

TEST(WithDeadline, EndsTheLoserBeforeItReturns) {
  Loop loop;
  int open = 0;
  TaskGroup group(loop.io.get_executor());
  std::optional<Result<int>> outcome;
  group.spawn(detail::store_result(
      with_deadline(loop.clock, loop.clock.now() + 50ms, answer_after(loop.clock, 60ms, 7, open)),
      outcome));
  loop.advance(49ms);
  EXPECT_FALSE(outcome.has_value());
  EXPECT_EQ(open, 1);
  loop.advance(1ms);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
  EXPECT_EQ(open, 0);
  EXPECT_EQ(loop.clock.sleeper_count(), 0U);
}

TEST(WithDeadline, AnAnswerAtTheInstantOfTheDeadlineCounts) {
  Loop loop;
  int open = 0;
  for (const bool alarm_first : {false, true}) {
    TaskGroup group(loop.io.get_executor());
    std::optional<Result<int>> outcome;
    // Two sleepers of the same instant wake in the order they lay down; the second case lets the
    // work lie down after the alarm.
    auto work = [](Clock& clock, Timepoint due, bool late, int& count) -> Task<Result<int>> {
      if (late) co_await boost::asio::post(boost::asio::use_awaitable);
      co_return co_await answer_after(clock, due - clock.now(), 7, count);
    };
    const Timepoint due = loop.clock.now() + 50ms;
    group.spawn(detail::store_result(
        with_deadline(loop.clock, due, work(loop.clock, due, alarm_first, open)), outcome));
    run_until_idle(loop.io);
    loop.advance(50ms);
    ASSERT_TRUE(outcome.has_value());
    ASSERT_TRUE(outcome->has_value()) << outcome->error().message;
    EXPECT_EQ(outcome->value(), 7);
  }
}

TEST(WithDeadline, AFailureInTimeKeepsItsOwnCode) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::optional<Result<int>> outcome;
  group.spawn(detail::store_result(
      with_deadline(loop.clock, loop.clock.now() + 50ms, fail_after(loop.clock, 20ms)), outcome));
  loop.advance(20ms);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::unavailable);
}

TEST(WithDeadline, ADeadlineThatHasPassedStillTakesAnAnswerThatIsReady) {
  Loop loop;
  int open = 0;
  const auto outcome = run(loop.io, with_deadline(loop.clock, loop.clock.now() - 1ms,
                                                  answer_after(loop.clock, 0ms, 7, open)));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(*outcome, 7);
}

TEST(WithDeadline, CancellingTheCallerIsCancelledNotTimeout) {
  Loop loop;
  int open = 0;
  TaskGroup group(loop.io.get_executor());
  std::optional<Result<int>> outcome;
  group.spawn(detail::store_result(
      with_deadline(loop.clock, loop.clock.now() + 50ms, answer_after(loop.clock, 20ms, 7, open)),
      outcome));
  run_until_idle(loop.io);
  group.cancel();
  run_until_idle(loop.io);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
  EXPECT_EQ(open, 0);
}

TEST(WithDeadline, ACallerThatWasCancelledBeforeDoesNotWait) {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  std::optional<Result<int>> outcome;
  int open = 0;
  group.spawn([](Clock& clock, std::optional<Result<int>>& out, int& count) -> Task<> {
    const auto ignored = co_await clock.sleep_for(1h);
    static_cast<void>(ignored);
    out = co_await with_deadline(clock, clock.now() + 1h, answer_after(clock, 30min, 7, count));
  }(loop.clock, outcome, open));
  run_until_idle(loop.io);
  group.cancel();
  run_until_idle(loop.io);
  ASSERT_TRUE(outcome.has_value()) << "waits an hour for somebody who has gone";
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
}

// Everything a service does in one body: nested races, children of its own, a mailbox, plain
// sleeps.
Task<> long_body(Executor executor, Clock& clock, int& open) {
  const Trace trace(open);
  Mailbox<int> mailbox(executor, 4, WhenFull::refuse);
  TaskGroup children(executor);
  children.spawn([](Clock& c, Mailbox<int>& box, int& count) -> Task<> {
    const Trace own(count);
    const auto slept = co_await c.sleep_for(10ms);
    if (slept) box.push(1);
  }(clock, mailbox, open));
  const auto first = co_await mailbox.receive();
  if (first) co_await boost::asio::post(boost::asio::use_awaitable);
  const auto second = co_await with_deadline(
      clock, clock.now() + 30ms,
      with_deadline(clock, clock.now() + 20ms, answer_after(clock, 25ms, 7, open)));
  if (!second) co_await boost::asio::post(boost::asio::use_awaitable);
  const auto third = co_await with_deadline(clock, clock.now() + 10ms, mailbox.receive());
  static_cast<void>(third);
  const auto last = co_await clock.sleep_for(5ms);
  static_cast<void>(last);
  children.cancel();
  co_await children.join();
}

TEST(Cancellation, EndsABodyAtEverySuspensionPointAndLeavesNothingOpen) {
  int open = 0;
  const CancelReport report = cancel_everywhere([&open](Executor executor, Clock& clock) {
    EXPECT_EQ(open, 0) << "the round before left something open";
    return long_body(std::move(executor), clock, open);
  });
  EXPECT_EQ(open, 0);
  EXPECT_GE(report.points, 15U);
  EXPECT_TRUE(report.stuck.empty()) << testing::PrintToString(report.stuck);
}

TEST(Cancellation, TheHelperReportsABodyThatIgnoresIt) {
  const CancelReport report = cancel_everywhere([](Executor, Clock& clock) -> Task<> {
    for (int round = 0; round < 3; ++round) {
      co_await boost::asio::this_coro::reset_cancellation_state(
          boost::asio::disable_cancellation());
      const auto slept = co_await clock.sleep_for(10ms);
      static_cast<void>(slept);
    }
  });
  EXPECT_GE(report.stuck.size(), 3U);
}

}  // namespace
}  // namespace antiphon

#include "providers/inference_pool.h"

#include "core/system_clock.h"
#include "core/task_group.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// Without threads of its own: the test runs the jobs, one by one.
class InferencePoolTest : public testing::Test {
 protected:
  Pending<int> submit(InferenceJob job, std::string name = {}) {
    return pool_.submit<int>(
        job,
        [this, name] {
          ran_.push_back(name);
          return Result<int>(7);
        },
        [this] { ++woken_; });
  }

  void run_all() {
    while (pool_.run_one()) {
    }
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 0, .capacity = 4}};
  std::vector<std::string> ran_;
  int woken_ = 0;
};

TEST_F(InferencePoolTest, RunsFinalsBeforeTurnsBeforeSpeechBeforeEmbeddingsBeforePartials) {
  InferencePool pool(clock_, metrics_, {.threads = 0, .capacity = 8});
  std::vector<InferenceKind> order;
  std::vector<Pending<int>> pending;
  for (const auto kind : {InferenceKind::prepare, InferenceKind::stt_partial, InferenceKind::embed,
                          InferenceKind::tts, InferenceKind::stt_final, InferenceKind::turn}) {
    pending.push_back(pool.submit<int>(
        {.kind = kind},
        [&order, kind] {
          order.push_back(kind);
          return Result<int>(0);
        },
        [] {}));
  }
  while (pool.run_one()) {
  }
  EXPECT_EQ(order, (std::vector{InferenceKind::stt_final, InferenceKind::turn, InferenceKind::tts,
                                InferenceKind::embed, InferenceKind::stt_partial,
                                InferenceKind::prepare}));
}

TEST_F(InferencePoolTest, AdmitsByHowLongTheJobsOfTheCallsReallyTook) {
  const auto spend = [this](Duration length, InferenceKind kind = InferenceKind::turn) {
    auto pending = pool_.submit<int>(
        {.kind = kind},
        [this, length] {
          clock_.advance(length);
          return Result<int>(1);
        },
        [] {});
    run_all();
    clock_.advance(1s - length);
  };
  EXPECT_EQ(pool_.busy(), 0);
  for (int i = 0; i < 8; ++i)
    spend(500ms);
  EXPECT_NEAR(pool_.busy(), 0.5, 0.01);
  EXPECT_TRUE(pool_.has_room(2)) << "a third call makes it three quarters";
  for (int i = 0; i < 8; ++i)
    spend(800ms);
  EXPECT_NEAR(pool_.busy(), 0.8, 0.01);
  EXPECT_FALSE(pool_.has_room(4)) << "a fifth would make it a whole";
  EXPECT_TRUE(pool_.has_room(16)) << "one of many costs little";
  EXPECT_TRUE(pool_.has_room(1));
  for (int i = 0; i < 8; ++i)
    spend(800ms, InferenceKind::prepare);
  EXPECT_EQ(pool_.busy(), 0) << "what is prepared gives way";
}

TEST_F(InferencePoolTest, RunsTheEarlierDeadlineFirstAndEqualOnesInOrder) {
  const Timepoint now = clock_.now();
  const auto a = submit({.kind = InferenceKind::tts, .deadline = now + 3s}, "late");
  const auto b = submit({.kind = InferenceKind::tts, .deadline = now + 1s}, "early");
  const auto c = submit({.kind = InferenceKind::tts, .deadline = now + 1s}, "early too");
  run_all();
  EXPECT_EQ(ran_, (std::vector<std::string>{"early", "early too", "late"}));
}

TEST_F(InferencePoolTest, DoesNotRunAJobWhoseDeadlineHasPassed) {
  auto late = submit({.kind = InferenceKind::turn, .deadline = clock_.now() + 100ms}, "late");
  clock_.advance(100ms);
  EXPECT_FALSE(pool_.run_one());
  ASSERT_TRUE(late.is_done());
  EXPECT_EQ(late.take().error().code, ErrorCode::timeout);
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(woken_, 1);
}

TEST_F(InferencePoolTest, ReplacesTheWaitingPartialOfTheSameStreamOnly) {
  auto old = submit({.kind = InferenceKind::stt_partial, .stream = 1}, "old");
  auto other = submit({.kind = InferenceKind::stt_partial, .stream = 2}, "other");
  auto fresh = submit({.kind = InferenceKind::stt_partial, .stream = 1}, "fresh");
  ASSERT_TRUE(old.is_done());
  EXPECT_EQ(old.take().error().code, ErrorCode::cancelled);
  run_all();
  EXPECT_EQ(ran_, (std::vector<std::string>{"other", "fresh"}));
  EXPECT_EQ(*fresh.take(), 7);
}

TEST_F(InferencePoolTest, RefusesWhatDoesNotFitAndRunsTheRest) {
  std::vector<Pending<int>> accepted;
  for (int i = 0; i < 4; ++i)
    accepted.push_back(submit({.kind = InferenceKind::tts}));
  auto refused = submit({.kind = InferenceKind::stt_final});
  ASSERT_TRUE(refused.is_done());
  EXPECT_EQ(refused.take().error().code, ErrorCode::resource_exhausted);
  run_all();
  EXPECT_EQ(ran_.size(), 4U);
}

TEST_F(InferencePoolTest, SacrificesAPartialForAFinalWhenItIsFull) {
  auto partial = submit({.kind = InferenceKind::stt_partial, .stream = 1}, "partial");
  std::vector<Pending<int>> others;
  for (int i = 0; i < 3; ++i)
    others.push_back(submit({.kind = InferenceKind::tts}, "tts"));
  auto final = submit({.kind = InferenceKind::stt_final}, "final");
  ASSERT_TRUE(partial.is_done());
  EXPECT_EQ(partial.take().error().code, ErrorCode::resource_exhausted);
  run_all();
  EXPECT_EQ(ran_, (std::vector<std::string>{"final", "tts", "tts", "tts"}));
}

TEST_F(InferencePoolTest, DropsAJobThatNobodyWaitsForAnyMore) {
  {
    const auto abandoned = submit({.kind = InferenceKind::tts}, "abandoned");
  }
  EXPECT_EQ(pool_.waiting(), 0U);
  EXPECT_FALSE(pool_.run_one());
  EXPECT_EQ(woken_, 0);
}

TEST_F(InferencePoolTest, ACancelledWaiterReturnsAtOnceAndItsJobIsNotRun) {
  boost::asio::io_context loop;
  std::optional<Result<int>> answer;
  TaskGroup group(loop.get_executor());
  group.spawn([](InferencePool& pool, std::optional<Result<int>>& slot,
                 std::vector<std::string>& ran) -> Task<> {
    slot = co_await pool.run<int>({.kind = InferenceKind::tts}, [&ran] {
      ran.emplace_back("ran");
      return Result<int>(1);
    });
  }(pool_, answer, ran_));
  run_until_idle(loop);
  ASSERT_FALSE(answer.has_value());
  group.cancel();
  run_until_idle(loop);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error().code, ErrorCode::cancelled);
  run_all();
  EXPECT_TRUE(ran_.empty());
}

TEST_F(InferencePoolTest, WakesTheWaiterOnItsOwnLoop) {
  boost::asio::io_context loop;
  std::optional<Result<int>> answer;
  TaskGroup group(loop.get_executor());
  group.spawn([](InferencePool& pool, std::optional<Result<int>>& slot) -> Task<> {
    slot = co_await pool.run<int>({}, [] { return Result<int>(42); });
  }(pool_, answer));
  run_until_idle(loop);
  EXPECT_TRUE(pool_.run_one());
  EXPECT_FALSE(answer.has_value());
  run_until_idle(loop);
  ASSERT_TRUE(answer.has_value() && answer->has_value());
  EXPECT_EQ(**answer, 42);
}

TEST_F(InferencePoolTest, EndsWaitingJobsWhenItStops) {
  std::optional<Pending<int>> pending;
  {
    InferencePool pool(clock_, metrics_, {.threads = 0});
    pending = pool.submit<int>({}, [] { return Result<int>(1); }, [] {});
  }
  ASSERT_TRUE(pending->is_done());
  EXPECT_EQ(pending->take().error().code, ErrorCode::closed);
}

TEST_F(InferencePoolTest, CountsWhatItDropsAndForWhichReason) {
  {
    const auto abandoned = submit({.kind = InferenceKind::tts});
  }
  auto late = submit({.kind = InferenceKind::tts, .deadline = clock_.now()});
  EXPECT_FALSE(pool_.run_one());
  const std::string text = metrics_.render();
  EXPECT_NE(text.find("inference_dropped_total{reason=\"abandoned\"} 1"), std::string::npos);
  EXPECT_NE(text.find("inference_dropped_total{reason=\"late\"} 1"), std::string::npos);
  EXPECT_NE(text.find("inference_queue_depth 0"), std::string::npos);
}

TEST(InferencePoolThreads, NeverRunTwoJobsOfOneEngineSideBySide) {
  SystemClock clock;
  Metrics metrics;
  std::atomic<int> inside{0};
  std::atomic<int> inside_max{0};
  std::latch all(200);
  {
    InferencePool pool(clock, metrics, {.threads = 4, .capacity = 200});
    std::vector<Pending<int>> pending;
    for (int i = 0; i < 200; ++i) {
      pending.push_back(pool.submit<int>(
          {.engine = 1},
          [&inside, &inside_max] {
            const int now = ++inside;
            if (now > inside_max) inside_max = now;
            --inside;
            return Result<int>(0);
          },
          [&all] { all.count_down(); }));
    }
    all.wait();
  }
  EXPECT_EQ(inside_max, 1);
}

TEST(InferencePoolThreads, RunJobsOfDifferentEnginesSideBySide) {
  SystemClock clock;
  Metrics metrics;
  InferencePool pool(clock, metrics, {.threads = 2});
  // Each waits for the other: it ends only if both run at once.
  std::latch both(2);
  std::latch done(2);
  const auto meet = [&both] {
    both.arrive_and_wait();
    return Result<int>(0);
  };
  const auto a = pool.submit<int>({.engine = 1}, meet, [&done] { done.count_down(); });
  const auto b = pool.submit<int>({.engine = 2}, meet, [&done] { done.count_down(); });
  done.wait();
  EXPECT_TRUE(a.is_done() && b.is_done());
}

TEST(InferencePoolThreads, StopWaitsForWhatRunsAndClosesWhatWaits) {
  SystemClock clock;
  Metrics metrics;
  InferencePool pool(clock, metrics, {.threads = 1});
  std::latch begun(1);
  std::latch may_end(1);
  const auto runs = pool.submit<int>(
      {},
      [&begun, &may_end] {
        begun.count_down();
        may_end.wait();
        return Result<int>(0);
      },
      [] {});
  begun.wait();
  const auto waits = pool.submit<int>({}, [] { return Result<int>(0); }, [] {});
  std::thread stopper([&pool] { pool.stop(); });
  may_end.count_down();
  stopper.join();
  EXPECT_TRUE(runs.is_done());
  EXPECT_TRUE(waits.is_done());
  auto late = pool.submit<int>({}, [] { return Result<int>(0); }, [] {});
  ASSERT_TRUE(late.is_done());
  EXPECT_EQ(late.take().error().code, ErrorCode::closed);
  pool.stop();
}

}  // namespace
}  // namespace antiphon

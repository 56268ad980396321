#include "engine/worker_load.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// A worker that serves `calls`, each costing `cost` of processor time a tick.
class Worker {
 public:
  void add(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ++calls_;
      load_.added();
    }
  }
  void run(Duration length, Duration late = 0ms) {
    for (const Timepoint end = now_ + length; now_ < end; now_ += 20ms) {
      used_ += cost * static_cast<std::int64_t>(calls_);
      load_.note_tick(now_, now_ + late, calls_);
    }
  }
  // Adds calls, a few every 100 ms, until there is no room; how many there are then.
  std::size_t fill() {
    for (int round = 0; round < 2'000; ++round) {
      for (int i = 0; i < 5 && load_.has_room(); ++i)
        add(1);
      run(100ms);
    }
    return calls_;
  }
  [[nodiscard]] std::size_t calls() const { return calls_; }
  [[nodiscard]] WorkerLoad& load() { return load_; }

  Duration cost = 30us;

 private:
  Timepoint now_{1h};
  Duration used_{0};
  std::size_t calls_ = 0;
  WorkerLoad load_{[this] { return used_; }};
};

TEST(WorkerLoad, TakesCallsUntilTheThreadIsBusy) {
  Worker worker;
  // 30 us of each 20 ms: 0.15 % of a core; 85 % are 566 calls.
  const std::size_t calls = worker.fill();
  EXPECT_GE(calls, 540U);
  EXPECT_LE(calls, 566U);
  EXPECT_LE(worker.load().busy(), WorkerLoad::kBusyMax);
}

TEST(WorkerLoad, TenTimesTheCostLeavesRoomForATenth) {
  Worker worker;
  worker.cost = 300us;
  const std::size_t calls = worker.fill();
  EXPECT_GE(calls, 50U);
  EXPECT_LE(calls, WorkerLoad::kCallsFirst);
}

TEST(WorkerLoad, ABurstIsHeldAtWhatIsKnown) {
  Worker worker;
  std::size_t taken = 0;
  while (worker.load().has_room()) {
    worker.add(1);
    ++taken;
  }
  EXPECT_EQ(taken, WorkerLoad::kCallsFirst);
  worker.run(600ms);
  EXPECT_FALSE(worker.load().has_room()) << "what they cost does not show yet";
  worker.run(4s);
  EXPECT_TRUE(worker.load().has_room());
}

TEST(WorkerLoad, LateTicksLeaveNoRoomAndOneHiccupDoes) {
  Worker worker;
  worker.add(32);
  worker.run(5s);
  ASSERT_TRUE(worker.load().has_room());
  worker.run(60ms, 50ms);
  worker.run(1s);
  EXPECT_TRUE(worker.load().has_room());
  worker.run(1200ms, 50ms);
  EXPECT_FALSE(worker.load().has_room());
  worker.run(1s);
  EXPECT_TRUE(worker.load().has_room());
}

TEST(WorkerLoad, AFewCallsAreAlwaysTaken) {
  Worker worker;
  worker.cost = 5ms;
  worker.add(3);
  worker.run(5s, 50ms);
  EXPECT_TRUE(worker.load().has_room());
}

TEST(WorkerLoad, AnIdleWorkerForgets) {
  Worker worker;
  worker.cost = 1ms;
  worker.add(40);
  worker.run(5s);
  EXPECT_FALSE(worker.load().has_room());
  worker.load().idle();
  EXPECT_TRUE(worker.load().has_room());
  EXPECT_EQ(worker.load().busy(), 0);
}

TEST(WorkerLoad, WithoutTheThreadsTimeOnlyLateTicksLimit) {
  WorkerLoad load{{}};
  Timepoint now{1h};
  for (int i = 0; i < 500; ++i, now += 20ms)
    load.note_tick(now, now, 40);
  EXPECT_TRUE(load.has_room());
  for (int i = 0; i < 100; ++i, now += 20ms)
    load.note_tick(now, now + 30ms, 40);
  EXPECT_FALSE(load.has_room());
}

}  // namespace
}  // namespace antiphon

#include "app/supervised_service.h"

#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// A small program in the place of a server, on a manual clock: only the program itself takes real
// time.
class SupervisedServiceTest : public testing::Test {
 protected:
  SupervisedServiceTest()
      : context_{loop_.get_executor(), launcher_, clock_, random_,
                 [this](const ServiceEvent& event) { events_.push_back(event); }} {}

  ServiceRecipe recipe(std::string script) {
    ServiceRecipe recipe;
    recipe.name = ServiceName::redis;
    recipe.options.arguments = {"/bin/sh", "-c", std::move(script)};
    recipe.options.environment = {"PATH=/usr/bin:/bin"};
    recipe.log_file = folder_.path() / "log";
    recipe.is_ready = [this](pid_t) -> Task<bool> { co_return is_ready_; };
    return recipe;
  }

  // Runs the loop until the next event of this kind; ends the test when none comes.
  std::string next(ServiceState state) {
    while (true) {
      for (; seen_ < events_.size(); ++seen_) {
        if (events_[seen_].state == state) return events_[seen_++].detail;
      }
      loop_.restart();
      if (loop_.run_one_for(60s) == 0) {
        ADD_FAILURE() << "no event: " << name_of(state);
        return {};
      }
    }
  }

  std::chrono::milliseconds next_pause() {
    const std::string detail = next(ServiceState::restarting);
    return std::chrono::milliseconds(std::stoi(detail.substr(detail.find(' ') + 1)));
  }

  TemporaryFolder folder_;
  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{11}};
  Launcher launcher_;
  std::vector<ServiceEvent> events_;
  std::size_t seen_ = 0;
  bool is_ready_ = true;
  ServiceContext context_;
};

TEST_F(SupervisedServiceTest, StartsAgainAfterPausesThatDoubleWithJitterUpToTenSeconds) {
  SupervisedService service(context_, recipe("exec sleep 600"));
  ASSERT_TRUE(run(loop_, service.start()).has_value());
  std::vector<std::chrono::milliseconds> pauses;
  for (int round = 0; round < 10; ++round) {
    kill(*service.pid(), SIGKILL);
    EXPECT_EQ(next(ServiceState::died), "signal 9 (Killed)");
    pauses.push_back(next_pause());
    clock_.advance(pauses.back() + 1ms);
    EXPECT_EQ(next(ServiceState::ready).substr(0, 8), "process ");
  }
  std::chrono::milliseconds expected = 100ms;
  for (const auto pause : pauses) {
    EXPECT_GE(pause, expected / 2);
    EXPECT_LE(pause, expected * 3 / 2);
    expected = std::min<std::chrono::milliseconds>(expected * 2, 10s);
  }
  run(loop_, service.stop());
  EXPECT_EQ(next(ServiceState::stopped), "signal 15 (Terminated)");
}

TEST_F(SupervisedServiceTest, AGoodRunPutsThePauseBack) {
  SupervisedService service(context_, recipe("exec sleep 600"));
  ASSERT_TRUE(run(loop_, service.start()).has_value());
  for (int round = 0; round < 6; ++round) {
    kill(*service.pid(), SIGKILL);
    clock_.advance(next_pause() + 1ms);
    next(ServiceState::ready);
  }
  clock_.advance(30s);
  kill(*service.pid(), SIGKILL);
  EXPECT_LE(next_pause(), 150ms);
  run(loop_, service.stop());
}

TEST_F(SupervisedServiceTest, SaysWhatTheProgramSaidWhenItDied) {
  SupervisedService service(
      context_, recipe("echo ok; echo 'FATAL: no space left'; echo bye; read x; exit 3"));
  is_ready_ = true;
  ASSERT_TRUE(run(loop_, service.start()).has_value());
  EXPECT_EQ(next(ServiceState::died), "exit code 3: FATAL: no space left");
  run(loop_, service.stop());
}

TEST_F(SupervisedServiceTest, AProgramThatGivesUpThreeTimesFailsTheStartWithItsOwnWords) {
  is_ready_ = false;
  SupervisedService service(context_, recipe("echo 'could not bind'; exit 1"));
  TaskGroup group(loop_.get_executor());
  std::optional<Result<>> outcome;
  group.spawn(detail::store_result(service.start(), outcome));
  while (!outcome && loop_.run_one_for(10ms) + 1 > 0) {
    loop_.restart();
    if (clock_.sleeper_count() > 0) clock_.advance(clock_.next_deadline() - clock_.now());
    if (clock_.now() > ManualClock().now() + 1h) break;
  }
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::unavailable);
  EXPECT_EQ(outcome->error().message, "redis did not start (exit code 1): could not bind");
  EXPECT_FALSE(service.pid().has_value());
}

TEST_F(SupervisedServiceTest, AProgramThatIsNeverReadyTimesOutAndIsEnded) {
  is_ready_ = false;
  SupervisedService service(context_, recipe("exec sleep 600"));
  TaskGroup group(loop_.get_executor());
  std::optional<Result<>> outcome;
  group.spawn(detail::store_result(service.start(), outcome));
  run_until_idle(loop_);
  const pid_t pid = *service.pid();
  clock_.advance(61s);
  while (!outcome) {
    loop_.restart();
    ASSERT_GT(loop_.run_one_for(60s), 0U);
  }
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
  EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(SupervisedServiceTest, AMissingProgramFailsAtOnce) {
  auto absent = recipe("");
  absent.options.arguments = {"/absent/redis-server"};
  SupervisedService service(context_, std::move(absent));
  const auto outcome = run(loop_, service.start());
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::not_found);
}

TEST_F(SupervisedServiceTest, StopsDuringThePauseBeforeARestart) {
  SupervisedService service(context_, recipe("exec sleep 600"));
  ASSERT_TRUE(run(loop_, service.start()).has_value());
  kill(*service.pid(), SIGKILL);
  next(ServiceState::restarting);
  run(loop_, service.stop());
  clock_.advance(1h);
  run_until_idle(loop_);
  EXPECT_FALSE(service.pid().has_value());
  EXPECT_EQ(events_.back().state, ServiceState::restarting);
}

TEST_F(SupervisedServiceTest, StopKillsAfterItsGrace) {
  SupervisedService service(context_, recipe("trap '' TERM; while :; do sleep 0.01; done"));
  ASSERT_TRUE(run(loop_, service.start()).has_value());
  TaskGroup group(loop_.get_executor());
  group.spawn(service.stop());
  run_until_idle(loop_);
  // The shell may not have come to its trap yet; then it ended of the signal itself.
  clock_.advance(31s);
  EXPECT_EQ(next(ServiceState::stopped).substr(0, 7), "signal ");
}

TEST(TellingLine, PrefersTheLineThatSaysWhy) {
  EXPECT_EQ(telling_line("LOG: a\nFATAL: lock file exists\nHINT: look\n"),
            "FATAL: lock file exists");
  EXPECT_EQ(telling_line("initdb: error: could not create\ninitdb: removing\n"),
            "initdb: error: could not create");
  EXPECT_EQ(telling_line("one\ntwo\n"), "two");
  EXPECT_EQ(telling_line(""), "");
}

}  // namespace
}  // namespace antiphon

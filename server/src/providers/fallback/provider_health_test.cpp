#include "providers/fallback/provider_health.h"

#include "testing/manual_clock.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

class ProviderHealthTest : public ::testing::Test {
 protected:
  void fail_once() { health_.begin_anyway().failed({ErrorCode::unavailable, "gone"}); }
  ManualClock clock_;
  Metrics metrics_;
  ProviderHealth health_{"acme", "llm", clock_, metrics_};
};

TEST_F(ProviderHealthTest, AsksUntilThreeFailuresInARow) {
  fail_once();
  fail_once();
  EXPECT_TRUE(health_.begin());
  fail_once();
  EXPECT_EQ(health_.state(), ProviderHealth::State::open);
  EXPECT_FALSE(health_.begin());
}

TEST_F(ProviderHealthTest, ASuccessBetweenFailuresKeepsItClosed) {
  fail_once();
  fail_once();
  health_.begin().succeeded();
  fail_once();
  fail_once();
  EXPECT_EQ(health_.state(), ProviderHealth::State::closed);
}

TEST_F(ProviderHealthTest, OneProbeAtATimeOnceItWasLeftAlone) {
  for (int i = 0; i < 3; ++i)
    fail_once();
  clock_.advance(5s);
  auto probe = health_.begin();
  ASSERT_TRUE(probe);
  EXPECT_FALSE(health_.begin()) << "a second request while the probe runs";
  probe.succeeded();
  EXPECT_EQ(health_.state(), ProviderHealth::State::closed);
  EXPECT_TRUE(health_.begin());
}

TEST_F(ProviderHealthTest, AFailedProbeDoublesTheWaitUpToAMinute) {
  for (int i = 0; i < 3; ++i)
    fail_once();
  for (const auto wait : {5s, 10s, 20s, 40s, 60s, 60s}) {
    clock_.advance(wait - 1ms);
    EXPECT_FALSE(health_.begin()) << "before " << wait.count() << " s";
    clock_.advance(1ms);
    auto probe = health_.begin();
    ASSERT_TRUE(probe) << "after " << wait.count() << " s";
    probe.failed({ErrorCode::timeout, "silent"});
  }
}

TEST_F(ProviderHealthTest, AnAbandonedProbeIsGivenBack) {
  for (int i = 0; i < 3; ++i)
    fail_once();
  clock_.advance(5s);
  {
    auto probe = health_.begin();
  }
  EXPECT_TRUE(health_.begin());
  health_.begin().failed({ErrorCode::cancelled, "the caller spoke"});
  EXPECT_TRUE(health_.begin()) << "a cancellation is nobody's failure";
}

TEST_F(ProviderHealthTest, ARefusedRequestIsNoFailureOfTheProvider) {
  for (int i = 0; i < 5; ++i) {
    health_.begin().failed({ErrorCode::invalid_argument, "no such voice"});
  }
  EXPECT_EQ(health_.state(), ProviderHealth::State::closed);
}

TEST_F(ProviderHealthTest, KnowsItsLatencyAfterEightAnswers) {
  for (int i = 1; i <= 7; ++i) {
    auto attempt = health_.begin();
    clock_.advance(10ms);
    attempt.succeeded();
  }
  EXPECT_EQ(health_.latency_p95(700ms), 700ms);
  auto slow = health_.begin();
  clock_.advance(90ms);
  slow.succeeded();
  EXPECT_EQ(health_.latency_p95(700ms), 90ms);
}

TEST_F(ProviderHealthTest, IsSeenInTheMetrics) {
  for (int i = 0; i < 3; ++i)
    fail_once();
  EXPECT_FALSE(health_.begin());
  const std::string text = metrics_.render();
  EXPECT_NE(text.find("provider_requests_total{provider=\"acme\",stage=\"llm\","
                      "outcome=\"failure\"} 3"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("provider_circuit_open{provider=\"acme\",stage=\"llm\"} 1"),
            std::string::npos);
}

}  // namespace
}  // namespace antiphon

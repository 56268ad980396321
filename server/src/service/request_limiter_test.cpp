#include "service/request_limiter.h"

#include "service/fake_stores_test.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <map>

namespace antiphon {
namespace {

// Counts for ever.
class FakeWindows final : public RateWindows {
 public:
  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override {
    std::vector<RateAnswer> answers;
    for (const RateAsk& ask : asks) {
      const std::uint32_t used = ++counts[ask.key];
      answers.push_back({.allowed = used <= ask.limit,
                         .limit = ask.limit,
                         .remaining = used <= ask.limit ? ask.limit - used : 0,
                         .reset = std::chrono::milliseconds(41'001)});
    }
    co_return answers;
  }
  std::map<std::string, std::uint32_t> counts;
};

class RequestLimiterTest : public testing::Test {
 protected:
  RateVerdict admit(RateClass rate_class, std::uint8_t workspace = 1) {
    return run(loop_, limiter_.admit(rate_class, test_principal(workspace), "203.0.113.7"));
  }
  static std::string text(const RateVerdict& verdict) {
    std::string lines;
    for (const auto& [name, value] : verdict.headers())
      lines += name + ": " + value + "\n";
    return lines;
  }

  boost::asio::io_context loop_{1};
  FakeWindows windows_;
  RequestLimiter limiter_{windows_};
};

TEST_F(RequestLimiterTest, AsksForCallerWorkspaceAndAddressOfTheClass) {
  EXPECT_EQ(text(admit(RateClass::write)),
            "RateLimit-Policy: \"caller\";q=300;w=60\n"
            "RateLimit: \"caller\";r=299;t=42\n"
            "RateLimit-Limit: 300\nRateLimit-Remaining: 299\nRateLimit-Reset: 42\n");
  EXPECT_EQ(windows_.counts.size(), 3u);
  static_cast<void>(admit(RateClass::read));
  EXPECT_EQ(windows_.counts.size(), 6u);
}

TEST_F(RequestLimiterTest, RefusesWithTheTimeToWait) {
  for (int i = 0; i < 60; ++i)
    EXPECT_TRUE(admit(RateClass::costly).allowed);
  const auto refused = admit(RateClass::costly);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(text(refused),
            "RateLimit-Policy: \"caller\";q=60;w=60\n"
            "RateLimit: \"caller\";r=0;t=42\n"
            "RateLimit-Limit: 60\nRateLimit-Remaining: 0\nRateLimit-Reset: 42\n"
            "Retry-After: 42\n");
  EXPECT_TRUE(admit(RateClass::read).allowed);
}

TEST_F(RequestLimiterTest, CountsAStrangerByAddressAlone) {
  for (int i = 0; i < 30; ++i)
    EXPECT_TRUE(run(loop_, limiter_.admit_stranger("203.0.113.7")).allowed);
  const auto refused = run(loop_, limiter_.admit_stranger("203.0.113.7"));
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.policy, "address");
  EXPECT_TRUE(run(loop_, limiter_.admit_stranger("203.0.113.8")).allowed);
}

}  // namespace
}  // namespace antiphon

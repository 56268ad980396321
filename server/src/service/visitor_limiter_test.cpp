#include "service/visitor_limiter.h"

#include "service/fake_stores_test.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <map>

namespace antiphon {
namespace {

// A window that never ends; what is refused counts nowhere.
class FullWindows final : public RateWindows {
 public:
  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override {
    bool allowed = true;
    std::vector<RateAnswer> answers;
    for (const RateAsk& ask : asks) {
      answers.push_back({.allowed = counts[ask.key] < ask.limit, .limit = ask.limit});
      allowed = allowed && answers.back().allowed;
    }
    for (const RateAsk& ask : asks)
      counts[ask.key] += allowed ? 1 : 0;
    co_return answers;
  }
  std::map<std::string, std::uint32_t> counts;
};

class VisitorLimiterTest : public testing::Test {
 protected:
  RateVerdict call(std::uint8_t visitor, std::string address) {
    return run(loop_, limiter_.admit(VisitorAct::call, test_uuid(visitor), test_uuid(5),
                                     std::move(address)));
  }
  int calls_until_refused(std::uint8_t visitor, const std::string& address) {
    int count = 0;
    while (call(visitor, address).allowed)
      ++count;
    return count;
  }

  boost::asio::io_context loop_{1};
  FullWindows windows_;
  VisitorLimiter limiter_{windows_};
};

TEST_F(VisitorLimiterTest, CapsAVisitorWhereverItComesFrom) {
  EXPECT_EQ(calls_until_refused(1, "203.0.113.7"), 6);
  EXPECT_EQ(call(1, "198.51.100.9").policy, "visitor");
}

TEST_F(VisitorLimiterTest, CapsAnAddressWhoeverItSaysItIs) {
  EXPECT_EQ(calls_until_refused(1, "203.0.113.7"), 6);
  EXPECT_EQ(calls_until_refused(2, "203.0.113.7"), 6);
  EXPECT_EQ(calls_until_refused(3, "203.0.113.7"), 6);
  EXPECT_EQ(calls_until_refused(4, "203.0.113.7"), 2);
  EXPECT_EQ(call(4, "203.0.113.7").policy, "address");
}

TEST_F(VisitorLimiterTest, CapsAnAgentWhateverVisitorsAndAddressesThereAre) {
  int allowed = 0;
  for (std::uint8_t who = 1; who < 200; ++who)
    allowed += call(who, "203.0.113." + std::to_string(who)).allowed ? 1 : 0;
  EXPECT_EQ(allowed, 120);
}

TEST_F(VisitorLimiterTest, SaysWhenToTryAgain) {
  calls_until_refused(1, "203.0.113.7");
  const auto headers = call(1, "203.0.113.7").headers();
  EXPECT_EQ(headers.back().first, "Retry-After");
}

}  // namespace
}  // namespace antiphon

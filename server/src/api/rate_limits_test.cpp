// The router with a limiter: what is counted, what is told, what is refused.
#include "api/agents/agent_routes.h"
#include "api/api_fixture_test.h"

#include <gmock/gmock.h>

#include <map>

namespace antiphon {
namespace {

using testing::HasSubstr;
using testing::Not;

// Allows `left` more of every key that contains `watched`.
class FakeWindows final : public RateWindows {
 public:
  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override {
    std::vector<RateAnswer> answers;
    for (const RateAsk& ask : asks) {
      keys.push_back(ask.key);
      const bool allowed = !ask.key.contains(watched) || left > 0;
      answers.push_back({.allowed = allowed,
                         .limit = ask.limit,
                         .remaining = allowed ? ask.limit - 1 : 0,
                         .reset = std::chrono::milliseconds(17'000)});
    }
    co_return answers;
  }
  std::string watched = "caller";
  int left = 1;
  std::vector<std::string> keys;
};

class RateLimitsTest : public ApiTest {
 protected:
  RateLimitsTest() {
    add_agent_routes(router_, agents_);
    router_.use_limiter(limiter_);
  }

  FakeWindows windows_;
  RequestLimiter limiter_{windows_};
  AgentService agents_{agent_store_, clock_, random_};
};

TEST_F(RateLimitsTest, EveryAnswerSaysWhatIsLeft) {
  const auto page = ask_api("GET", "/api/agents");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.head, HasSubstr("RateLimit-Policy: \"caller\";q=1200;w=60\r\n"));
  EXPECT_THAT(page.head, HasSubstr("RateLimit: \"caller\";r=1199;t=17\r\n"));
  EXPECT_THAT(page.head, HasSubstr("RateLimit-Remaining: 1199\r\n"));
  EXPECT_THAT(page.head, Not(HasSubstr("Retry-After")));
  const auto absent = ask_api("GET", "/api/agents/nobody");
  EXPECT_EQ(absent.status, 404);
  EXPECT_THAT(absent.head, HasSubstr("RateLimit-Remaining: 1199\r\n"));
}

TEST_F(RateLimitsTest, RefusesWith429AndTheTimeToWait) {
  windows_.left = 0;
  const auto refused = ask_api("POST", "/api/agents", R"({"name":"x"})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: 17\r\n"));
  EXPECT_THAT(refused.head, Not(HasSubstr("Retry-After: 1\r\n")));
  EXPECT_THAT(refused.head, HasSubstr("RateLimit-Policy: \"caller\";q=300;w=60\r\n"));
  EXPECT_THAT(refused.head, HasSubstr("application/problem+json"));
  EXPECT_THAT(refused.body, HasSubstr("resource_exhausted"));
  EXPECT_TRUE(agent_store_.agents.empty());
}

TEST_F(RateLimitsTest, ReadsAndWritesAreCountedApart) {
  static_cast<void>(ask_api("GET", "/api/agents"));
  static_cast<void>(ask_api("POST", "/api/agents", R"({"name":"x"})"));
  ASSERT_EQ(windows_.keys.size(), 6u);
  EXPECT_THAT(windows_.keys[0], HasSubstr("read:caller:"));
  EXPECT_THAT(windows_.keys[1], HasSubstr("read:workspace:"));
  EXPECT_EQ(windows_.keys[2], "read:address:127.0.0.1");
  EXPECT_THAT(windows_.keys[3], HasSubstr("write:caller:"));
}

TEST_F(RateLimitsTest, WhoeverTriesKeysIsCountedByAddress) {
  windows_.watched = "login:address";
  EXPECT_EQ(ask_as("Bearer antiphon_wrong", "GET", "/api/agents").status, 401);
  EXPECT_EQ(windows_.keys, std::vector<std::string>{"login:address:127.0.0.1"});
  windows_.left = 0;
  const auto refused = ask_as("Bearer antiphon_wrong", "GET", "/api/agents");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: 17\r\n"));
  EXPECT_EQ(ask_api("GET", "/api/agents").status, 200);
}

}  // namespace
}  // namespace antiphon

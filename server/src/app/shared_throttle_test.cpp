// Two servers on one PostgreSQL and one Redis: whoever guesses is stopped on both, and the owner of
// the account on neither.
#include "app/kept_mail_test.h"
#include "service/auth/auth_service.h"
#include "service/memory_attempt_limiter.h"
#include "store/postgres/auth.h"
#include "store/postgres/pool_fixture_test.h"
#include "store/redis/attempt_limiter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEmail = "ada@example.test";
constexpr std::string_view kPassword = "Passw0rd!long";
constexpr std::string_view kGuesser = "192.0.2.7";
constexpr std::string_view kVictim = "198.51.100.9";

JwtKeySet secret_keys() {
  JwtKeySet keys;
  EXPECT_TRUE(keys.add(*JwtKey::from_secret("a-secret-of-the-tests-with-32-bytes-and-more")));
  return keys;
}

struct OneServer {
  OneServer(store::TestPool& pool, AuthStore& store, store::RedisClient& redis, Mailer& mail)
      : own(pool.clock),
        limiter(redis, own, pool.clock, pool.random),
        tokens(secret_keys(), "test", 1h, store, pool.clock),
        service({store, tokens, mail, limiter, pool.clock, pool.random, pool.log,
                 pool.loop.get_executor()},
                {.site_url = "https://voice.example",
                 .external_url = "https://voice.example/auth/v1",
                 .autoconfirm = true}) {}

  MemoryAttemptLimiter own;
  store::RedisAttemptLimiter limiter;
  AccessTokens tokens;
  AuthService service;
};

class SharedThrottleTest : public testing::Test {
 protected:
  SharedThrottleTest() {
    pool_.start();
    EXPECT_TRUE(redis_.start());
    EXPECT_TRUE(run(redis_.wait_until_up(Timepoint::max())));
    EXPECT_TRUE(run(first_.service.sign_up(call({{"email", kEmail}, {"password", kPassword}}))));
  }
  ~SharedThrottleTest() override { run(redis_.stop()); }

  template <class T>
  T run(Task<T> task) {
    return antiphon::run(pool_.loop, std::move(task));
  }
  static AuthCall call(json::Object body, std::string_view address = kVictim) {
    return {.body = std::move(body), .bearer = {}, .origin = {std::string(address), "test"}};
  }
  std::string sign_in(OneServer& server, std::string_view password, std::string_view address) {
    AuthCall asked = call({{"email", kEmail}, {"password", password}}, address);
    asked.query = {{"grant_type", "password"}};
    const auto answer = run(server.service.token(std::move(asked)));
    return answer ? "ok" : fmt::format("{} {}", answer.error().status, answer.error().code);
  }
  void guess(OneServer& server, int times) {
    for (int tried = 0; tried < times; ++tried)
      ASSERT_EQ(sign_in(server, "wrong password", kGuesser), "400 invalid_credentials") << tried;
  }

  PrivateRedis redis_server_;
  store::TestPool pool_{PrivatePostgres::shared()};
  std::unique_ptr<AuthStore> store_ = store::make_postgres_auth(*pool_.pool);
  store::RedisClient redis_{pool_.loop.get_executor(),
                            pool_.clock,
                            pool_.random,
                            pool_.log,
                            pool_.metrics,
                            {.url = "unix://" + redis_server_.socket()}};
  KeptMail mail_;
  OneServer first_{pool_, *store_, redis_, mail_};
  OneServer second_{pool_, *store_, redis_, mail_};
};

TEST_F(SharedThrottleTest, StopsAGuesserOnEveryServerAndItsVictimOnNone) {
  guess(first_, 10);
  guess(second_, 10);
  for (OneServer* server : {&first_, &second_}) {
    EXPECT_EQ(sign_in(*server, kPassword, kGuesser), "429 over_request_rate_limit");
    EXPECT_EQ(sign_in(*server, kPassword, kVictim), "ok");
  }
  pool_.clock.advance(300s);
  EXPECT_EQ(sign_in(second_, kPassword, kGuesser), "ok");
}

TEST_F(SharedThrottleTest, GoesOnStoppingAGuesserWhileRedisIsAway) {
  run(redis_.stop());
  guess(first_, 20);
  EXPECT_EQ(sign_in(first_, kPassword, kGuesser), "429 over_request_rate_limit");
  EXPECT_EQ(sign_in(first_, kPassword, kVictim), "ok");
}

}  // namespace
}  // namespace antiphon

#include "service/auth/foreign_tokens.h"

#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kIssuer = "https://project.example/auth/v1";
constexpr std::string_view kUser = "11111111-2222-4333-8444-555555555555";

struct ForeignTokensTest : testing::Test {
  boost::asio::io_context loop{1};
  ManualClock clock;
  std::string published = R"({"keys":[]})";
  bool away = false;
  int fetches = 0;
  ForeignTokens tokens{{}, std::string(kIssuer), [this] { return fetch(); }, clock};

  Task<Result<std::string>> fetch() {
    ++fetches;
    if (away) co_return failure(ErrorCode::unavailable, "away");
    co_return published;
  }
  void publish(const JwtKey& key) {
    JwtKeySet keys;
    ASSERT_TRUE(keys.add(key));
    published = keys.public_jwks();
  }
  std::string token(const JwtKey& key) {
    const auto now =
        std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
    return sign_jwt(json::Object{{"sub", kUser},
                                 {"aud", "authenticated"},
                                 {"iss", kIssuer},
                                 {"exp", static_cast<std::int64_t>(now + 3'600)}},
                    key);
  }
  Result<VerifiedUser> verify(std::string text) {
    return run(loop, tokens.verify(std::move(text)));
  }
};

TEST_F(ForeignTokensTest, FetchesTheKeysAtTheFirstToken) {
  const JwtKey key = JwtKey::generate(JwtAlgorithm::es256);
  publish(key);
  const auto user = verify(token(key));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->user.to_string(), kUser);
  EXPECT_EQ(user->assurance, "aal1");
  ASSERT_TRUE(verify(token(key)));
  EXPECT_EQ(fetches, 1);
}

TEST_F(ForeignTokensTest, AsksForAnUnknownKeyAtMostOnceAMinute) {
  const JwtKey old = JwtKey::generate(JwtAlgorithm::es256);
  publish(old);
  ASSERT_TRUE(verify(token(old)));
  const JwtKey fresh = JwtKey::generate(JwtAlgorithm::es256);
  publish(fresh);
  for (int tried = 0; tried < 50; ++tried)
    EXPECT_FALSE(verify(token(fresh)));
  EXPECT_EQ(fetches, 1);
  clock.advance(60s);
  EXPECT_TRUE(verify(token(fresh)));
  EXPECT_EQ(fetches, 2);
  EXPECT_FALSE(verify(token(old))) << "a key that was taken back verifies nothing";
}

TEST_F(ForeignTokensTest, GoesOnWithItsKeysWhileTheProjectIsAway) {
  const JwtKey key = JwtKey::generate(JwtAlgorithm::es256);
  publish(key);
  ASSERT_TRUE(verify(token(key)));
  away = true;
  clock.advance(120s);
  EXPECT_TRUE(verify(token(key)));
}

TEST_F(ForeignTokensTest, SaysThatItCannotAskInsteadOfRefusing) {
  away = true;
  const auto refused = verify(token(JwtKey::generate(JwtAlgorithm::es256)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
}

TEST_F(ForeignTokensTest, NeverBelievesASecretThatWasPublished) {
  published = R"({"keys":[{"kty":"oct","kid":"s","alg":"HS256",)"
              R"("k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]})";
  EXPECT_FALSE(verify(token(*JwtKey::from_secret(std::string(32, '\0'), "s"))));
}

}  // namespace
}  // namespace antiphon

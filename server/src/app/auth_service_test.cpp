// Accounts on a real PostgreSQL, with a clock that the test moves.
#include "service/auth/auth_service.h"

#include "app/kept_mail_test.h"
#include "service/memory_attempt_limiter.h"
#include "store/postgres/auth.h"
#include "store/postgres/pool_fixture_test.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEmail = "ada@example.test";
constexpr std::string_view kPassword = "Passw0rd!long";

JwtKeySet secret_keys() {
  JwtKeySet keys;
  EXPECT_TRUE(keys.add(*JwtKey::from_secret("a-secret-of-the-tests-with-32-bytes-and-more")));
  return keys;
}

PrivatePostgres& postgres() {
  static PrivatePostgres server;
  return server;
}

struct AuthTest : testing::Test {
  store::TestPool pool{postgres()};
  std::unique_ptr<AuthStore> store;
  MemoryAttemptLimiter limiter{pool.clock};
  KeptMail mail;
  std::unique_ptr<AccessTokens> tokens;
  std::unique_ptr<AuthService> service;

  void SetUp() override {
    pool.start();
    store = store::make_postgres_auth(*pool.pool);
    tokens = std::make_unique<AccessTokens>(secret_keys(), "test", 1h, *store, pool.clock);
    configure({});
  }
  void configure(AuthConfig config) {
    config.site_url = "https://voice.example";
    config.external_url = "https://voice.example/auth/v1";
    config.redirects = {"https://app.example"};
    service = std::make_unique<AuthService>(
        AuthService::Parts{*store, *tokens, mail, limiter, pool.clock, pool.random, pool.log,
                           pool.loop.get_executor()},
        std::move(config));
  }
  template <class T>
  T run(Task<T> task) {
    return antiphon::run(pool.loop, std::move(task));
  }
  static AuthCall call(json::Object body, std::string address = "192.0.2.7") {
    return {.body = std::move(body), .bearer = {}, .origin = {std::move(address), "test"}};
  }
  static std::string code_of(const AuthResult<AuthAnswer>& answer) {
    return answer ? "ok" : fmt::format("{} {}", answer.error().status, answer.error().code);
  }
  static std::string text(const AuthResult<AuthAnswer>& answer, std::string_view member) {
    const json::Value* value = answer ? answer->body.find(member) : nullptr;
    return value != nullptr && value->if_text() != nullptr ? *value->if_text() : "";
  }
  AuthResult<AuthAnswer> sign_in(std::string_view password = kPassword,
                                 std::string address = "192.0.2.7") {
    AuthCall asked = call({{"email", kEmail}, {"password", password}}, std::move(address));
    asked.query = {{"grant_type", "password"}};
    return run(service->token(std::move(asked)));
  }
  AuthResult<AuthAnswer> refresh(const std::string& token) {
    AuthCall asked = call({{"refresh_token", token}});
    asked.query = {{"grant_type", "refresh_token"}};
    return run(service->token(std::move(asked)));
  }
  void register_account() {
    ASSERT_EQ(code_of(run(service->sign_up(call({{"email", kEmail}, {"password", kPassword}})))),
              "ok");
    ASSERT_EQ(
        code_of(run(service->verify(call({{"type", "signup"}, {"token_hash", mail.link()}})))),
        "ok");
  }
};

TEST_F(AuthTest, ConfirmsByCodeOrByLinkAndBothAreUsedUp) {
  ASSERT_EQ(code_of(run(service->sign_up(call({{"email", kEmail}, {"password", kPassword}})))),
            "ok");
  const std::string link = mail.link();
  const std::string code = mail.code();
  ASSERT_EQ(code.size(), 6U);
  EXPECT_EQ(
      code_of(run(service->verify(call({{"type", "signup"}, {"email", kEmail}, {"token", code}})))),
      "ok");
  EXPECT_EQ(
      code_of(run(service->verify(call({{"type", "signup"}, {"email", kEmail}, {"token", code}})))),
      "403 otp_expired");
  EXPECT_EQ(code_of(run(service->verify(call({{"type", "signup"}, {"token_hash", link}})))),
            "403 otp_expired");
}

TEST_F(AuthTest, LetsAMailedCodeExpireAfterAnHour) {
  register_account();
  ASSERT_EQ(code_of(run(service->recover(call({{"email", kEmail}})))), "ok");
  pool.clock.advance(3'601s);
  EXPECT_EQ(
      code_of(run(service->verify(call({{"type", "recovery"}, {"token_hash", mail.link()}})))),
      "403 otp_expired");
  EXPECT_EQ(code_of(run(service->verify(
                call({{"type", "recovery"}, {"email", kEmail}, {"token", mail.code()}})))),
            "403 otp_expired");
}

TEST_F(AuthTest, RevokesTheFamilyWhenAnOldRefreshTokenComesBackLate) {
  register_account();
  const std::string first = text(sign_in(), "refresh_token");
  const std::string second = text(refresh(first), "refresh_token");
  const std::string third = text(refresh(second), "refresh_token");
  EXPECT_EQ(text(refresh(first), "refresh_token"), third) << "within ten seconds";
  pool.clock.advance(11s);
  EXPECT_EQ(code_of(refresh(first)), "400 refresh_token_already_used");
  EXPECT_EQ(code_of(refresh(third)), "400 refresh_token_already_used") << "the family ended";
}

TEST_F(AuthTest, RefusesAnAccessTokenWithinASecondOfTheEndOfItsSession) {
  register_account();
  const std::string token = text(sign_in(), "access_token");
  const auto user = run(tokens->verify(token));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->email, kEmail);
  // Ended by another process: this one still remembers for a second.
  ASSERT_TRUE(run(store->end_sessions(user->user, *user->session, SessionScope::local)));
  EXPECT_TRUE(run(tokens->verify(token)));
  pool.clock.advance(TokenVerifier::kRevocationDelay);
  const auto refused = run(tokens->verify(token));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
}

TEST_F(AuthTest, RefusesAnAccessTokenAtOnceWhenItsSessionEndsHere) {
  register_account();
  const std::string token = text(sign_in(), "access_token");
  ASSERT_TRUE(run(tokens->verify(token)));
  AuthCall out = call({});
  out.bearer = token;
  ASSERT_EQ(code_of(run(service->log_out(std::move(out)))), "ok");
  EXPECT_FALSE(run(tokens->verify(token)));
}

TEST_F(AuthTest, VerifiesTokensOfAnOldKeyUntilThatKeyIsTakenAway) {
  register_account();
  const std::string old = text(sign_in(), "access_token");
  const JwtKey fresh = JwtKey::generate(JwtAlgorithm::es256);
  JwtKeySet both;
  ASSERT_TRUE(both.add(fresh));
  ASSERT_TRUE(both.add(*JwtKey::from_secret("a-secret-of-the-tests-with-32-bytes-and-more")));
  tokens->use_keys(std::move(both));
  EXPECT_TRUE(run(tokens->verify(old)));
  EXPECT_TRUE(service->public_keys().contains(fresh.id()));
  const std::string signed_anew = text(sign_in(), "access_token");
  EXPECT_EQ(unverified_key_id(signed_anew), fresh.id());
  JwtKeySet alone;
  ASSERT_TRUE(alone.add(fresh));
  tokens->use_keys(std::move(alone));
  EXPECT_FALSE(run(tokens->verify(old)));
  EXPECT_TRUE(run(tokens->verify(signed_anew)));
}

TEST_F(AuthTest, NoneOfAThousandEndedSessionsOpensAnythingAfterASecond) {
  register_account();
  const auto user = run(tokens->verify(text(sign_in(), "access_token")));
  ASSERT_TRUE(user);
  std::vector<std::string> issued;
  for (int count = 0; count < 1'000; ++count) {
    const Uuid id = Uuid::make_random(pool.random);
    ASSERT_TRUE(run(store->open_session(
        {id, user->user, "password", fmt::format("token{:07}", count), {}}, pool.clock.wall())));
    const auto session = run(store->session(id));
    ASSERT_TRUE(session);
    issued.push_back(tokens->issue(id, *session).text);
  }
  const auto opened = [&] {
    return std::ranges::count_if(
        issued, [&](const std::string& token) { return run(tokens->verify(token)).has_value(); });
  };
  ASSERT_EQ(opened(), 1'000);
  // By another process: nobody tells this one.
  ASSERT_TRUE(run(store->end_sessions(user->user, Uuid{}, SessionScope::global)));
  pool.clock.advance(1s);
  EXPECT_EQ(opened(), 0);
}

TEST_F(AuthTest, ThrottlesWhoGuessesAndNeverTheOwner) {
  register_account();
  for (int tried = 0; tried < 20; ++tried)
    ASSERT_EQ(code_of(sign_in("wrong password")), "400 invalid_credentials") << tried;
  const auto throttled = sign_in();
  EXPECT_EQ(code_of(throttled), "429 over_request_rate_limit");
  EXPECT_EQ(throttled.error().retry_after, 300);
  EXPECT_EQ(code_of(sign_in(kPassword, "198.51.100.9")), "ok") << "from elsewhere";
  pool.clock.advance(300s);
  EXPECT_EQ(code_of(sign_in()), "ok");
}

TEST_F(AuthTest, LimitsGuessesAtACodeOverAllAddressesAndLeavesTheLink) {
  register_account();
  ASSERT_EQ(code_of(run(service->recover(call({{"email", kEmail}})))), "ok");
  const std::string code = mail.code();
  const auto enter = [&](const std::string& entered, int from) {
    return code_of(
        run(service->verify(call({{"type", "recovery"}, {"email", kEmail}, {"token", entered}},
                                 fmt::format("198.51.100.{}", from)))));
  };
  for (int tried = 0; tried < 30; ++tried)
    ASSERT_EQ(enter("wrong!", tried), "403 otp_expired") << tried;
  EXPECT_EQ(enter(code, 99), "429 over_request_rate_limit");
  EXPECT_EQ(
      code_of(run(service->verify(call({{"type", "recovery"}, {"token_hash", mail.link()}})))),
      "ok");
}

TEST_F(AuthTest, LeadsALinkOnlyWhereItIsAllowed) {
  const auto target = [&](const std::string& wanted) {
    AuthCall followed = call({});
    followed.query = {{"type", "signup"}, {"token", "x"}, {"redirect_to", wanted}};
    const auto answer = run(service->follow_link(std::move(followed)));
    return answer ? answer->location.substr(0, answer->location.find('#')) : "";
  };
  EXPECT_EQ(target("https://voice.example/welcome"), "https://voice.example/welcome");
  EXPECT_EQ(target("https://app.example/in?x=1#y"), "https://app.example/in?x=1");
  for (const char* wanted :
       {"https://evil.example", "https://voice.example.evil.example/", "//evil.example",
        "https://voice.example@evil.example/", "https://voice.example\\@evil.example",
        "javascript:alert(1)", "https://app.example:8443/", "https://app.example\r\nX: y", ""}) {
    EXPECT_EQ(target(wanted), "https://voice.example") << wanted;
  }
}

TEST_F(AuthTest, AsksForAMailedCodeBeforeANewPasswordAfterADay) {
  configure({.password_reauthentication = true});
  register_account();
  const auto session = sign_in();
  const std::string refresh_token = text(session, "refresh_token");
  pool.clock.advance(25h);
  const std::string token = text(refresh(refresh_token), "access_token");
  const auto change = [&](json::Object body) {
    AuthCall asked = call(std::move(body));
    asked.bearer = token;
    return code_of(run(service->update_user(std::move(asked))));
  };
  EXPECT_EQ(change({{"password", "An0ther!long"}}), "400 reauthentication_needed");
  AuthCall asked = call({});
  asked.bearer = token;
  ASSERT_EQ(code_of(run(service->reauthenticate(std::move(asked)))), "ok");
  EXPECT_EQ(change({{"password", "An0ther!long"}, {"nonce", "wrong!"}}),
            "422 reauthentication_not_valid");
  EXPECT_EQ(change({{"password", "An0ther!long"}, {"nonce", mail.code()}}), "ok");
}

TEST_F(AuthTest, KeepsAPasswordOutOfEveryAnswerAndMail) {
  register_account();
  const auto answer = sign_in();
  ASSERT_TRUE(answer);
  const std::string body = json::write(answer->body);
  EXPECT_FALSE(body.contains(kPassword));
  EXPECT_FALSE(body.contains("$2b$"));
  for (const MailMessage& message : mail.sent)
    EXPECT_FALSE(message.text.reveal().contains(kPassword));
}

TEST_F(AuthTest, HasNobodySignUpWhereItIsClosed) {
  configure({.signup = false});
  EXPECT_EQ(code_of(run(service->sign_up(call({{"email", kEmail}, {"password", kPassword}})))),
            "422 signup_disabled");
  EXPECT_EQ(code_of(run(service->one_time_password(call({{"email", kEmail}})))),
            "422 signup_disabled");
}

TEST_F(AuthTest, ListsSessionsAndEndsOnlyOnesOwn) {
  register_account();
  const std::string token = text(sign_in(), "access_token");
  const auto user = run(tokens->verify(token));
  ASSERT_TRUE(user);
  const auto sessions = run(service->sessions(user->user));
  ASSERT_TRUE(sessions);
  EXPECT_EQ(sessions->size(), 2U);
  EXPECT_EQ(sessions->front().address, "192.0.2.7");
  const auto foreign = run(service->end_session(Uuid::make_random(pool.random), *user->session));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::not_found);
  EXPECT_TRUE(run(service->end_session(user->user, *user->session)));
  EXPECT_FALSE(run(tokens->verify(token)));
}

}  // namespace
}  // namespace antiphon

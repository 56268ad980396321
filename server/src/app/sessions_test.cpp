// Sessions: the studio's cookie and the tokens of /auth/v1 are one truth.
#include "app/real_accounts_test.h"
#include "crypto/totp.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEmail = "ada@example.test";

class Sessions : public RealAccounts {
 protected:
  // Adds a second factor by `session` and yields its secret.
  std::string add_factor(const Answer& session) {
    const Asker asker = bearer(session);
    const Answer enrolled =
        ask("POST", "/auth/v1/factors", asker, R"({"factor_type":"totp","friendly_name":"phone"})");
    const std::string path = "/auth/v1/factors/" + text_at(enrolled.body, "id");
    const Answer challenge = ask("POST", path + "/challenge", asker);
    const std::string secret = text_at(enrolled.body, "secret");
    const Answer verified = ask("POST", path + "/verify", asker,
                                R"({"challenge_id":")" + text_at(challenge.body, "id") +
                                    R"(","code":")" + code_of(secret) + "\"}");
    EXPECT_EQ(verified.status, 200) << verified.body;
    return secret;
  }
  std::string code_of(const std::string& secret) { return totp_code(secret, clock_.wall()); }
  [[nodiscard]] static std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
      ++found;
    return found;
  }
  std::size_t sessions_of(const Asker& asker) {
    return count(ask("GET", "/api/account/sessions", asker).body, "\"id\":");
  }
};

TEST_F(Sessions, BeginByPasswordByRefreshTokenAndByAccessToken) {
  const Answer account = sign_up(kEmail);
  ASSERT_EQ(account.status, 200) << account.body;
  const Answer by_password = begin_by_password(kEmail);
  ASSERT_EQ(by_password.status, 201) << by_password.body;
  EXPECT_EQ(text_at(by_password.body, "email"), kEmail);
  const Answer by_token =
      begin(R"({"access_token":")" + text_at(account.body, "access_token") + "\"}");
  EXPECT_EQ(by_token.status, 201) << by_token.body;
  const std::string refresh = text_at(sign_in(kEmail).body, "refresh_token");
  const Answer by_refresh = begin(R"({"refresh_token":")" + refresh + "\"}");
  EXPECT_EQ(by_refresh.status, 201) << by_refresh.body;
  for (const Answer* begun : {&by_password, &by_token, &by_refresh})
    EXPECT_EQ(ask("GET", "/api/session", cookie(*begun)).status, 200);
  EXPECT_EQ(begin(R"({"refresh_token":"abcdefabcdef"})").status, 401);
  EXPECT_EQ(begin(R"({"refresh_token":"short"})").status, 401);
  EXPECT_EQ(begin(R"({"access_token":"a.b.c"})").status, 401);
}

TEST_F(Sessions, AnswerAWrongPasswordAndAnUnknownAddressAlike) {
  sign_up(kEmail);
  const Answer wrong = begin(R"({"email":"ada@example.test","password":"wrong password"})");
  const Answer unknown = begin(R"({"email":"bob@example.test","password":"wrong password"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr("Invalid login credentials"));
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_FALSE(wrong.headers.contains("Set-Cookie"));
}

TEST_F(Sessions, RefuseABodyThatNamesNoWayInOrTwo) {
  for (const char* body :
       {"{}", R"({"email":"a@example.test"})", R"({"password":"x"})", R"({"code":"123456"})",
        R"({"email":"a@example.test","password":"x","access_token":"y"})",
        R"({"refresh_token":"x","access_token":"y"})",
        R"({"email":"a@example.test","access_token":"y"})"}) {
    const Answer refused = begin(body);
    EXPECT_EQ(refused.status, 422) << body << refused.body;
    EXPECT_THAT(refused.body,
                HasSubstr("send one of access_token, refresh_token, or email with password"));
  }
}

TEST_F(Sessions, TakeTheSecondFactorWhereTheAccountHasOne) {
  const std::string secret = add_factor(sign_up(kEmail));
  const Answer without = begin_by_password(kEmail);
  EXPECT_EQ(without.status, 401);
  EXPECT_THAT(without.body, HasSubstr(R"("pointer":"/code")"));
  EXPECT_EQ(begin_by_password(kEmail, "000000").status, 401);
  EXPECT_EQ(sql("select count(*) from auth.sessions where aal = 'aal1'"), "0\n")
      << "what a password alone opened has ended";
  const Answer with = begin_by_password(kEmail, code_of(secret));
  ASSERT_EQ(with.status, 201) << with.body;
  EXPECT_EQ(ask("GET", "/api/workspaces", cookie(with)).status, 200);
}

TEST_F(Sessions, OpenNothingOfTheApiWithAPasswordAloneWhereThereIsASecondFactor) {
  const std::string secret = add_factor(sign_up(kEmail));
  const Answer weak = sign_in(kEmail);
  ASSERT_EQ(weak.status, 200);
  const Answer refused = ask("GET", "/api/workspaces", bearer(weak));
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, HasSubstr("this account has a second factor"));
  const std::string body = R"({"access_token":")" + text_at(weak.body, "access_token") + "\"";
  EXPECT_EQ(begin(body + "}").status, 401);
  EXPECT_EQ(begin(body + R"(,"code":")" + code_of(secret) + "\"}").status, 201);
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(weak)).status, 200) << "it is aal2 now";
}

TEST_F(Sessions, CountWrongCodesOfTheSecondFactor) {
  const std::string secret = add_factor(sign_up(kEmail));
  for (int tried = 0; tried < 15; ++tried)
    ASSERT_EQ(begin_by_password(kEmail, "000000").status, 401) << tried;
  EXPECT_EQ(begin_by_password(kEmail, code_of(secret)).status, 429);
  clock_.advance(5min);
  EXPECT_EQ(begin_by_password(kEmail, code_of(secret)).status, 201);
}

TEST_F(Sessions, EndWithTheirSignInByEveryScopeWithinASecond) {
  sign_up(kEmail);
  for (const std::string scope : {"local", "others", "global"}) {
    const Answer signed_in = sign_in(kEmail);
    const Asker studio =
        cookie(begin(R"({"access_token":")" + text_at(signed_in.body, "access_token") + "\"}"));
    ASSERT_EQ(ask("GET", "/api/workspaces", studio).status, 200);
    const Answer who = scope == "others" ? sign_in(kEmail) : signed_in;
    ASSERT_EQ(ask("POST", "/auth/v1/logout?scope=" + scope, bearer(who)).status, 204);
    clock_.advance(1s);
    const Answer over = ask("GET", "/api/workspaces", studio);
    EXPECT_EQ(over.status, 401) << scope;
    EXPECT_THAT(over.body, HasSubstr("the session has ended; sign in again"));
  }
}

TEST_F(Sessions, EndTheirSignInWithTheCookie) {
  const Answer account = sign_up(kEmail);
  const Asker studio =
      cookie(begin(R"({"access_token":")" + text_at(account.body, "access_token") + "\"}"));
  ASSERT_EQ(ask("GET", "/api/workspaces", bearer(account)).status, 200);
  ASSERT_EQ(ask("DELETE", "/api/session", studio).status, 204);
  EXPECT_EQ(ask("GET", "/api/workspaces", studio).status, 401);
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(account)).status, 401) << "at once";
  EXPECT_EQ(ask("GET", "/auth/v1/user", bearer(account)).status, 403);
  const Answer refreshed =
      ask("POST", "/auth/v1/token?grant_type=refresh_token", {},
          R"({"refresh_token":")" + text_at(account.body, "refresh_token") + "\"}");
  EXPECT_EQ(refreshed.status, 400);
  EXPECT_EQ(text_at(refreshed.body, "error_code"), "refresh_token_not_found");
}

TEST_F(Sessions, EndEverywhereElseWithANewPassword) {
  const Answer account = sign_up(kEmail);
  const Asker studio = cookie(begin_by_password(kEmail));
  ASSERT_EQ(ask("PUT", "/auth/v1/user", bearer(account), R"({"password":"An0ther!long"})").status,
            200);
  clock_.advance(1s);
  EXPECT_EQ(ask("GET", "/api/workspaces", studio).status, 401);
}

TEST_F(Sessions, AreListedOnceEachAndEndedOneByOneOrAllTheOthers) {
  const Answer account = sign_up(kEmail);
  const Asker here = cookie(begin_by_password(kEmail));
  const Answer there = sign_in(kEmail);
  const Asker both =
      cookie(begin(R"({"access_token":")" + text_at(there.body, "access_token") + "\"}"));
  const std::string list = ask("GET", "/api/account/sessions", here).body;
  EXPECT_EQ(count(list, "\"id\":"), 3U) << list;
  EXPECT_EQ(count(list, "\"current\":true"), 1U);
  EXPECT_EQ(count(list, "\"studio\":true"), 2U) << "a cookie and its tokens are one";
  EXPECT_EQ(count(list, R"("address":"192.0.2.7")"), 3U);
  const std::string theirs =
      sql("select sign_in from public.studio_sessions order by created_at desc limit 1");
  const std::string path = "/api/account/sessions/" + theirs.substr(0, 36);
  EXPECT_EQ(ask("DELETE", path, here).status, 204);
  EXPECT_EQ(ask("DELETE", path, here).status, 404);
  EXPECT_EQ(ask("GET", "/api/workspaces", both).status, 401);
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(there)).status, 401);
  EXPECT_EQ(ask("DELETE", "/api/account/sessions", here).status, 204);
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(account)).status, 401);
  EXPECT_EQ(sessions_of(here), 1U);
}

TEST_F(Sessions, AreEndedByNobodyElse) {
  const Answer account = sign_up(kEmail);
  const Answer stranger = sign_up("eve@example.test");
  const std::string id = text_at(ask("GET", "/api/account/sessions", bearer(account)).body, "id");
  EXPECT_EQ(ask("DELETE", "/api/account/sessions/" + id, bearer(stranger)).status, 404);
  EXPECT_EQ(ask("DELETE", "/api/account/sessions", bearer(stranger)).status, 204);
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(account)).status, 200);
}

}  // namespace
}  // namespace antiphon

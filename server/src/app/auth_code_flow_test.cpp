// Mailed links that lead back with a code: only who asked for the mail exchanges it, once, in time.
#include "app/real_accounts_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kEmail = "ada@example.test";
// RFC 7636 appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

class CodeFlows : public RealAccounts {
 protected:
  CodeFlows() { sign_up(kEmail); }

  // Where the link of a recovery leads.
  std::string follow(const std::string& challenge, const std::string& method) {
    const Answer asked = ask("POST", "/auth/v1/recover", {},
                             R"({"email":")" + std::string(kEmail) + R"(","code_challenge":")" +
                                 challenge + R"(","code_challenge_method":")" + method + "\"}");
    EXPECT_EQ(asked.status, 200) << asked.body;
    const std::string token = mail_.after("/verify?token=", 61);
    EXPECT_THAT(token, StartsWith("pkce_"));
    const Answer led = ask("GET", "/auth/v1/verify?type=recovery&token=" + token, {});
    EXPECT_EQ(led.status, 303);
    return std::string(led.headers.find("Location").value_or(""));
  }
  static std::string code_of(const std::string& location) {
    return location.substr(location.find("?code=") + 6);
  }
  Answer exchange(const std::string& code, const std::string& verifier = kVerifier) {
    return ask("POST", "/auth/v1/token?grant_type=pkce", {},
               R"({"auth_code":")" + code + R"(","code_verifier":")" + verifier + "\"}");
  }
};

TEST_F(CodeFlows, OpenASessionForTheVerifierOfTheChallengeOnce) {
  const std::string location = follow(kChallenge, "s256");
  EXPECT_THAT(location, StartsWith("https://voice.example?code="));
  const std::string code = code_of(location);
  const Answer wrong = exchange(code, std::string(43, 'x'));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(text_at(wrong.body, "error_code"), "bad_code_verifier");
  const Answer opened = exchange(code);
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_EQ(ask("GET", "/api/workspaces", bearer(opened)).status, 200);
  const Answer again = exchange(code);
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(text_at(again.body, "error_code"), "flow_state_not_found");
}

TEST_F(CodeFlows, TakeAPlainChallengeAndRefuseTheHashOfIt) {
  const std::string code = code_of(follow(kVerifier, "plain"));
  EXPECT_EQ(exchange(code, kChallenge).status, 400);
  EXPECT_EQ(exchange(code).status, 200);
}

TEST_F(CodeFlows, ExpireFiveMinutesAfterTheLinkWasFollowed) {
  const std::string code = code_of(follow(kChallenge, "s256"));
  clock_.advance(301s);
  const Answer late = exchange(code);
  EXPECT_EQ(late.status, 422);
  EXPECT_EQ(text_at(late.body, "error_code"), "flow_state_expired");
}

TEST_F(CodeFlows, IssueNoCodeBeforeTheLinkIsFollowed) {
  ask("POST", "/auth/v1/recover", {},
      R"({"email":"ada@example.test","code_challenge":")" + std::string(kChallenge) +
          R"(","code_challenge_method":"s256"})");
  const std::string code = sql("select auth_code from auth.flow_state");
  EXPECT_EQ(exchange(code.substr(0, 36)).status, 404);
}

TEST_F(CodeFlows, SayWhatWasWrongInTheQueryAndInTheFragment) {
  const Answer led = ask("GET", "/auth/v1/verify?type=recovery&token=pkce_unknown", {});
  constexpr std::string_view kWhy =
      "error=access_denied&error_code=otp_expired&error_description="
      "Email+link+is+invalid+or+has+expired";
  EXPECT_EQ(led.headers.find("Location"),
            "https://voice.example?" + std::string(kWhy) + "#" + std::string(kWhy) + "&sb=");
}

TEST_F(CodeFlows, ChangeAnAddressOnceBothMailboxesAgree) {
  const std::string changed = "countess@example.test";
  const Answer asked = ask("PUT", "/auth/v1/user", bearer(sign_in(kEmail)),
                           R"({"email":")" + changed + R"(","code_challenge":")" + kChallenge +
                               R"(","code_challenge_method":"s256"})");
  ASSERT_EQ(asked.status, 200) << asked.body;
  ASSERT_EQ(mail_.sent.size(), 2U);
  const std::string of_current = mail_.after("/verify?token=", 61);
  mail_.sent.pop_back();
  const std::string of_new = mail_.after("/verify?token=", 61);
  EXPECT_THAT(of_current, StartsWith("pkce_"));
  EXPECT_NE(of_current, of_new);
  const auto follow_change = [&](const std::string& token) {
    const Answer led = ask("GET", "/auth/v1/verify?type=email_change&token=" + token, {});
    return std::string(led.headers.find("Location").value_or(""));
  };
  EXPECT_THAT(follow_change(of_new), Not(HasSubstr("code="))) << "one mailbox is not enough";
  EXPECT_EQ(sign_in(changed).status, 400);
  const std::string location = follow_change(of_current);
  EXPECT_THAT(location, StartsWith("https://voice.example?code="));
  EXPECT_EQ(exchange(code_of(location), std::string(43, 'x')).status, 400);
  const Answer opened = exchange(code_of(location));
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_THAT(opened.body, HasSubstr(R"("email":"countess@example.test")"));
  EXPECT_EQ(sign_in(kEmail).status, 400);
  EXPECT_EQ(sign_in(changed).status, 200);
}

TEST_F(CodeFlows, CostTheSameForAnAddressWithoutAnAccount) {
  Counter& units = metrics_.counter("database_units_total", "");
  const auto questions = [&](const std::string& email) {
    const auto before = units.value();
    const Answer answer = ask("POST", "/auth/v1/recover", {},
                              R"({"email":")" + email + R"(","code_challenge":")" + kChallenge +
                                  R"(","code_challenge_method":"s256"})");
    EXPECT_EQ(answer.status, 200);
    return units.value() - before;
  };
  EXPECT_EQ(questions(kEmail), questions("nobody@example.test"));
}

}  // namespace
}  // namespace antiphon

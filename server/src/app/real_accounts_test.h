// The API of AccountsTest with accounts of our own behind it: /auth/v1 and the studio's cookie over
// one database. For tests only.
#pragma once

#include "api/auth/auth_routes.h"
#include "app/accounts_fixture_test.h"
#include "app/kept_mail_test.h"
#include "service/auth/auth_service.h"
#include "service/memory_attempt_limiter.h"
#include "store/postgres/auth.h"

#include <memory>
#include <string>

namespace antiphon {

class RealAccounts : public AccountsTest {
 protected:
  static constexpr const char* kPassword = "Passw0rd!long";

  RealAccounts() {
    JwtKeySet keys;
    CHECK(keys.add(*JwtKey::from_secret("a-secret-of-the-tests-with-32-bytes-and-more")), "sound");
    auth_tokens_ = std::make_unique<AccessTokens>(std::move(keys), "test", std::chrono::hours(1),
                                                  *store_, clock_);
    auth_ = std::make_unique<AuthService>(
        AuthService::Parts{*store_, *auth_tokens_, mail_, limiter_, clock_, random_, log_,
                           loop_.get_executor()},
        AuthConfig{.site_url = "https://voice.example",
                   .external_url = "https://voice.example/auth/v1",
                   .autoconfirm = true});
    accounts_.believe(*auth_tokens_, auth_.get());
    add_auth_routes(router_, *auth_);
  }

  // Makes the account; the answer is that of a sign-in.
  Answer sign_up(const std::string& email) {
    return ask("POST", "/auth/v1/signup", {},
               R"({"email":")" + email + R"(","password":")" + kPassword + "\"}");
  }
  Answer sign_in(const std::string& email) {
    return ask("POST", "/auth/v1/token?grant_type=password", {},
               R"({"email":")" + email + R"(","password":")" + kPassword + "\"}");
  }
  static Asker bearer(const Answer& session) {
    return {.authorization = "Bearer " + text_at(session.body, "access_token")};
  }
  Answer begin(const std::string& body) { return ask("POST", "/api/session", {}, body); }
  Answer begin_by_password(const std::string& email, const std::string& code = "") {
    return begin(R"({"email":")" + email + R"(","password":")" + kPassword + "\"" +
                 (code.empty() ? "" : R"(,"code":")" + code + "\"") + "}");
  }
  static Asker cookie(const Answer& begun) {
    const std::string set(begun.headers.find("Set-Cookie").value_or(""));
    return {.cookie = set.substr(0, set.find(';')), .csrf = text_at(begun.body, "csrf_token")};
  }

  KeptMail mail_;
  MemoryAttemptLimiter limiter_{clock_};
  std::unique_ptr<AuthStore> store_ = store::make_postgres_auth(pool_);
  std::unique_ptr<AccessTokens> auth_tokens_;
  std::unique_ptr<AuthService> auth_;
};

}  // namespace antiphon

// Signing up, signing in, refreshing, reading and changing an account, signing out.
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

// A stranger cannot lock anybody out: both name the stranger's own address.
constexpr AttemptRule kSignInByAddress{"sign_in.address", 120, 300s};
constexpr AttemptRule kSignInByAccount{"sign_in.account_address", 20, 300s};
constexpr AttemptRule kSignUpByAddress{"sign_up.address", 60, 300s};

std::unexpected<AuthFault> wrong_credentials() {
  return fault(400, "invalid_credentials", "Invalid login credentials");
}

bool is_refresh_token(std::string_view token) {
  return token.size() == 12 && std::ranges::all_of(token, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
         });
}

std::string bad_token_message(std::string_view message) {
  constexpr std::string_view kBefore = "invalid JWT: unable to parse or verify signature, ";
  if (message.contains("expired")) {
    return fmt::format("{}token has invalid claims: token is expired", kBefore);
  }
  if (message.contains("signature")) {
    return fmt::format("{}token signature is invalid: signature is invalid", kBefore);
  }
  if (message.contains("malformed")) {
    return fmt::format("{}token is malformed: token contains an invalid number of segments",
                       kBefore);
  }
  return fmt::format("{}token has invalid claims", kBefore);
}

}  // namespace

Task<AuthResult<AuthService::Caller>> AuthService::caller_of(const AuthCall& call) {
  if (call.bearer.empty()) {
    co_return fault(401, "no_authorization", "This endpoint requires a valid Bearer token");
  }
  const auto user = parts_.tokens.check(call.bearer);
  if (!user) co_return fault(403, "bad_jwt", bad_token_message(user.error().message));
  auto account = co_await parts_.store.find(AccountKey::id, user->user.to_string());
  if (!account && account.error().code == ErrorCode::not_found) {
    co_return fault(403, "user_not_found", "User from sub claim in JWT does not exist");
  }
  if (!account) co_return fault_of(account.error());
  auto session = co_await parts_.store.session(user->session.value_or(Uuid{}));
  if (!session && session.error().code != ErrorCode::not_found) {
    co_return fault_of(session.error());
  }
  if (!session || session->user != user->user) {
    co_return fault(403, "session_not_found",
                    "Session from session_id claim in JWT does not exist");
  }
  if (account->banned_until && *account->banned_until > parts_.clock.wall()) {
    co_return fault(403, "user_banned", "User is banned");
  }
  co_return Caller{std::move(*account), *user->session, std::move(*session)};
}

AuthAnswer AuthService::hidden_account(const std::string& email, const json::Value* data) {
  const Uuid id = Uuid::make_random(parts_.random);
  const auto at = std::chrono::floor<std::chrono::microseconds>(parts_.clock.wall());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  const std::string now = fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
      time.minutes().count(), time.seconds().count(), (at - seconds).count());
  return {.body = json::Object{
              {"id", id.to_string()},
              {"aud", "authenticated"},
              {"role", ""},
              {"email", email},
              {"phone", ""},
              {"confirmation_sent_at", now},
              {"app_metadata",
               json::Object{{"provider", "email"}, {"providers", json::Array{"email"}}}},
              {"user_metadata",
               data == nullptr || data->is_null() ? json::Value(json::Object{}) : *data},
              {"identities", json::Array{}},
              {"created_at", now},
              {"updated_at", now},
              {"is_anonymous", false}}};
}

Task<AuthResult<Account>> AuthService::make_account(std::string email, std::string password,
                                                    std::string metadata) {
  auto hash = co_await hash_of(std::move(password));
  if (!hash) co_return std::unexpected(std::move(hash.error()));
  const Uuid id = Uuid::make_random(parts_.random);
  NewAccount account{.id = id,
                     .email = std::move(email),
                     .password_hash = std::move(*hash),
                     .metadata = std::move(metadata),
                     .confirmed = config_.autoconfirm,
                     .invited = false};
  const auto made = co_await parts_.store.create(std::move(account), parts_.clock.wall());
  if (!made && made.error().code == ErrorCode::already_exists) {
    co_return fault(422, "user_already_exists", "User already registered");
  }
  if (!made) co_return fault_of(made.error());
  auto found = co_await parts_.store.find(AccountKey::id, id.to_string());
  if (!found) co_return fault_of(found.error());
  co_return std::move(*found);
}

Task<AuthResult<AuthAnswer>> AuthService::sign_up(AuthCall call) {
  if (!config_.signup) {
    co_return fault(422, "signup_disabled", "Signups not allowed for this instance");
  }
  if (call.text("email").empty() && call.text("phone").empty()) {
    co_return fault(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
  }
  const std::string password = call.text("password");
  if (password.empty()) {
    co_return fault(400, "validation_failed", "Signup requires a valid password");
  }
  if (auto right = check_password(password); !right) co_return std::unexpected(right.error());
  if (call.text("email").empty()) {
    co_return fault(400, "phone_provider_disabled", "Phone signups are disabled");
  }
  const auto email = check_email(call.text("email"));
  if (!email) co_return std::unexpected(email.error());
  auto metadata = check_metadata(call.body.find("data"));
  if (!metadata) co_return std::unexpected(metadata.error());
  auto challenge = challenge_of(call);
  if (!challenge) co_return std::unexpected(challenge.error());
  if (auto spent = co_await spend(kSignUpByAddress, call.origin.address); !spent) {
    co_return std::unexpected(spent.error());
  }
  auto account = co_await parts_.store.find(AccountKey::email, *email);
  if (!account && account.error().code != ErrorCode::not_found) {
    co_return fault_of(account.error());
  }
  if (account && account->confirmed) {
    // The time of a real one, so that the clock does not tell who has an account.
    const auto hashed = co_await hash_of(password);
    if (!hashed) co_return std::unexpected(hashed.error());
    if (config_.autoconfirm) {
      co_return fault(422, "user_already_exists", "User already registered");
    }
    co_return hidden_account(*email, call.body.find("data"));
  }
  if (!account) {
    auto made = co_await make_account(*email, password, std::move(*metadata));
    if (!made) co_return std::unexpected(std::move(made.error()));
    if (config_.autoconfirm) {
      co_return co_await open_session(made->id, "password", call.origin);
    }
    account = std::move(*made);
  } else if (auto hashed = co_await hash_of(password); !hashed) {
    co_return std::unexpected(hashed.error());
  }
  if (auto may = may_mail(account->confirmation_sent); !may) co_return std::unexpected(may.error());
  auto mailed = co_await mail_code(*account, MailedCode::confirmation, AuthMail::confirm, "signup",
                                   redirect_of(call), account->email, std::move(*challenge));
  if (!mailed) co_return std::unexpected(std::move(mailed.error()));
  const auto now = co_await parts_.store.find(AccountKey::id, account->id.to_string());
  if (!now) co_return fault_of(now.error());
  auto document = json::parse(now->document.reveal());
  if (!document) co_return fault_of(document.error());
  co_return AuthAnswer{.body = std::move(*document)};
}

Task<AuthResult<AuthAnswer>> AuthService::token(AuthCall call) {
  const std::string grant = call.parameter("grant_type");
  if (grant == "password") co_return co_await password_grant(call);
  if (grant == "pkce") co_return co_await code_grant(call);
  if (grant == "refresh_token") co_return co_await refresh_grant(call);
  co_return std::unexpected(refuse_grant(grant, call));
}

Task<AuthResult<AuthAnswer>> AuthService::password_grant(const AuthCall& call) {
  if (!call.text("email").empty() && !call.text("phone").empty()) {
    co_return fault(400, "validation_failed",
                    "Only an email address or phone number should be provided on login.");
  }
  if (call.text("email").empty()) {
    if (!call.text("phone").empty()) {
      co_return fault(422, "phone_provider_disabled", "Phone logins are disabled");
    }
    co_return fault(400, "validation_failed", "missing email or phone");
  }
  const auto email = check_email(call.text("email"));
  const std::string address = call.origin.address;
  const std::string pair = address + ' ' + email.value_or("");
  if (auto spent = co_await spend(kSignInByAddress, address); !spent) {
    co_return std::unexpected(spent.error());
  }
  if (auto spent = co_await spend(kSignInByAccount, pair); !spent) {
    co_return std::unexpected(spent.error());
  }
  Result<Account> account = failure(ErrorCode::not_found, "no address");
  if (email) account = co_await parts_.store.find(AccountKey::email, *email);
  if (!account && account.error().code != ErrorCode::not_found) {
    co_return fault_of(account.error());
  }
  // The same work whether there is an account or not.
  const auto right = co_await matches(call.text("password"),
                                      account ? account->password_hash.reveal() : std::string());
  if (!right) co_return std::unexpected(right.error());
  if (!account || !*right) co_return wrong_credentials();
  if (account->banned_until && *account->banned_until > parts_.clock.wall()) {
    co_return fault(400, "user_banned", "User is banned");
  }
  if (!account->confirmed) co_return fault(400, "email_not_confirmed", "Email not confirmed");
  static_cast<void>(co_await parts_.limiter.refund(kSignInByAddress, address));
  static_cast<void>(co_await parts_.limiter.refund(kSignInByAccount, pair));
  co_return co_await open_session(account->id, "password", call.origin);
}

Task<AuthResult<AuthAnswer>> AuthService::refresh_grant(const AuthCall& call) {
  const std::string given = call.text("refresh_token");
  if (!is_refresh_token(given)) {
    co_return fault(400, "validation_failed", "Refresh token is not valid");
  }
  const auto refreshed = co_await parts_.store.refresh(
      given, make_refresh_token(), config_.refresh_reuse, call.origin, parts_.clock.wall());
  if (!refreshed) co_return fault_of(refreshed.error());
  switch (refreshed->outcome) {
    case RefreshOutcome::rotated:
    case RefreshOutcome::repeated:
      co_return co_await session_answer(refreshed->session, refreshed->refresh_token);
    case RefreshOutcome::unknown:
      co_return fault(400, "refresh_token_not_found",
                      "Invalid Refresh Token: Refresh Token Not Found");
    case RefreshOutcome::ended:
      co_return fault(400, "session_not_found", "Invalid Refresh Token: No Valid Session Found");
    case RefreshOutcome::banned:
      co_return fault(400, "user_banned", "Invalid Refresh Token: User Banned");
    case RefreshOutcome::reused:
      parts_.log.warning("auth.refresh_token_reused",
                         {{"session", refreshed->session.to_string()}});
      co_return fault(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
  }
  co_return fault(500, "unexpected_failure", "Internal Server Error");
}

Task<AuthResult<AuthAnswer>> AuthService::user(AuthCall call) {
  const auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  auto document = json::parse(caller->account.document.reveal());
  if (!document) co_return fault_of(document.error());
  co_return AuthAnswer{.body = std::move(*document)};
}

Task<AuthResult<AuthAnswer>> AuthService::log_out(AuthCall call) {
  const std::string wanted = call.parameter("scope");
  const auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  SessionScope scope = SessionScope::global;
  if (wanted == "local") {
    scope = SessionScope::local;
  } else if (wanted == "others") {
    scope = SessionScope::others;
  } else if (!wanted.empty() && wanted != "global") {
    co_return fault(400, "validation_failed",
                    fmt::format("Unsupported logout scope \"{}\"", wanted.substr(0, 40)));
  }
  const auto ended = co_await parts_.store.end_sessions(caller->account.id, caller->session, scope);
  if (!ended) co_return fault_of(ended.error());
  for (const Uuid session : *ended)
    parts_.tokens.forget(session);
  co_return AuthAnswer{.status = 204};
}

}  // namespace antiphon

// Accounts, sign-in, sessions and second factors, as Supabase Auth (GoTrue) answers them.
//
// Every member takes an AuthCall and gives either the answer's body or an AuthFault with the
// status, code and sentence that Supabase's own clients know.
// Limits  passwords of 8 to 72 bytes; metadata of 4 KiB; bcrypt on `hashing`, at most
//         kHashesWaiting at a time. Attempts by address, and by address and account, are counted;
//         never by account alone, except wrong mailed codes, which have another way in.
// Thread  the API loop. Whatever mails is queued, never waited for.
// Source  github.com/supabase/auth: its answers, not its code.
#pragma once

#include "core/log.h"
#include "core/random.h"
#include "core/task_group.h"
#include "ports/attempt_limiter.h"
#include "ports/auth_store.h"
#include "ports/mailer.h"
#include "service/auth/access_tokens.h"
#include "service/auth/auth_mails.h"
#include "service/auth/auth_types.h"

#include <chrono>
#include <string>
#include <vector>

namespace antiphon {

struct AuthConfig {
  std::string site_url;                     // where people land; "https://voice.example"
  std::string external_url;                 // of this service: "https://voice.example/auth/v1"
  std::vector<std::string> redirects = {};  // further origins or exact URLs a link may lead to
  bool autoconfirm = false;                 // believe every address at once: for development
  bool signup = true;
  bool secure_email_change = true;         // both addresses agree
  bool password_reauthentication = false;  // a new password takes a mailed code after a day
  std::chrono::seconds code_lifetime{3'600};
  std::chrono::seconds mail_interval{60};
  std::chrono::seconds refresh_reuse{10};
  std::chrono::seconds challenge_lifetime{300};
};

class AuthService {
 public:
  struct Parts {
    AuthStore& store;
    AccessTokens& tokens;
    Mailer& mailer;
    AttemptLimiter& limiter;
    Clock& clock;
    Random& random;
    Log& log;
    Executor hashing;  // one thread or more; not a loop that answers
  };
  static constexpr std::size_t kHashesWaiting = 32;

  AuthService(Parts parts, AuthConfig config)
      : parts_(std::move(parts)), config_(std::move(config)) {}

  Task<AuthResult<AuthAnswer>> sign_up(AuthCall call);
  Task<AuthResult<AuthAnswer>> token(
      AuthCall call);  // grant_type = password | refresh_token | pkce
  Task<AuthResult<AuthAnswer>> user(AuthCall call);
  Task<AuthResult<AuthAnswer>> update_user(AuthCall call);
  Task<AuthResult<AuthAnswer>> log_out(AuthCall call);

  Task<AuthResult<AuthAnswer>> recover(AuthCall call);
  Task<AuthResult<AuthAnswer>> one_time_password(AuthCall call);
  Task<AuthResult<AuthAnswer>> resend(AuthCall call);
  Task<AuthResult<AuthAnswer>> reauthenticate(AuthCall call);
  // What a person types, or an application sends for them.
  Task<AuthResult<AuthAnswer>> verify(AuthCall call);
  // What a person follows: always a redirect.
  Task<AuthResult<AuthAnswer>> follow_link(AuthCall call);

  Task<AuthResult<AuthAnswer>> enroll_factor(AuthCall call);
  Task<AuthResult<AuthAnswer>> challenge_factor(AuthCall call, std::string factor);
  Task<AuthResult<AuthAnswer>> verify_factor(AuthCall call, std::string factor);
  Task<AuthResult<AuthAnswer>> remove_factor(AuthCall call, std::string factor);

  // auth_not_offered.cpp: always a fault, as where these are switched off.
  Task<AuthResult<AuthAnswer>> authorize(AuthCall call);
  Task<AuthResult<AuthAnswer>> single_sign_on(AuthCall call);

  [[nodiscard]] AuthAnswer settings() const;
  // Runs of bcrypt until now.
  [[nodiscard]] std::uint64_t hashes_run() const { return hashes_run_; }
  [[nodiscard]] std::string public_keys() const { return parts_.tokens.keys().public_jwks(); }

  // For the studio: `body` holds email and password, or refresh_token; without either the bearer
  // is taken. An account with a second factor needs `code` too, unless its session is aal2.
  Task<AuthResult<VerifiedUser>> sign_in_for_studio(AuthCall call);

  // For /api/account/sessions. Only one's own.
  Task<Result<std::vector<SessionSummary>>> sessions(Uuid user);
  Task<Result<>> end_session(Uuid user, Uuid session);
  Task<Result<>> end_other_sessions(Uuid user, Uuid kept);  // nil: all of them
  Task<Result<bool>> session_is_good(Uuid user, Uuid session);

 private:
  struct Caller {
    Account account;
    Uuid session;
    AuthSession details;
  };
  static constexpr AttemptRule kCodeByAddress{"code.address", 60, std::chrono::minutes(5)};
  // Who guesses has the password already; from other addresses the owner still gets in.
  static constexpr AttemptRule kFactorByAddress{"factor.account_address", 15,
                                                std::chrono::minutes(5)};
  struct OwnFactor {
    Caller caller;
    Uuid id;
    SecondFactor factor;
  };
  enum class Purpose : std::uint8_t { sign_up, recovery, magic_link };
  struct Redeemed {
    Account account;
    std::string type;  // what the code turned out to be for
  };

  [[nodiscard]] static AuthFault refuse_grant(const std::string& grant, const AuthCall& call);

  // auth_accounts.cpp
  Task<AuthResult<Caller>> caller_of(const AuthCall& call);
  Task<AuthResult<AuthAnswer>> password_grant(const AuthCall& call);
  Task<AuthResult<AuthAnswer>> refresh_grant(const AuthCall& call);
  Task<AuthResult<Account>> make_account(std::string email, std::string password,
                                         std::string metadata);
  Task<AuthResult<>> change_password(const AuthCall& call, Caller& caller);
  Task<AuthResult<>> begin_email_change(const AuthCall& call, Caller& caller);
  [[nodiscard]] AuthAnswer hidden_account(const std::string& email, const json::Value* data);

  // auth_studio.cpp
  Task<AuthResult<>> show_second_factor(const Caller& caller, const AuthCall& call);

  // auth_factors.cpp: the factor that the path names, if it is the caller's
  Task<AuthResult<OwnFactor>> factor_of(const AuthCall& call, const std::string& factor);

  // auth_parts.cpp: what the flows share
  Task<AuthResult<std::string>> hash_of(std::string password);
  Task<AuthResult<bool>> matches(std::string password, std::string hash);
  Task<AuthResult<AuthAnswer>> open_session(Uuid user, std::string method, AuthOrigin origin);
  Task<AuthResult<AuthAnswer>> session_answer(Uuid session, std::string refresh_token);
  Task<AuthResult<>> spend(AttemptRule rule, std::string key);
  Task<AuthResult<>> mail_code(const Account& account, MailedCode code, AuthMail mail,
                               std::string type, std::string redirect, std::string address,
                               std::optional<CodeChallenge> challenge = {});
  // The work, the limits and the answer of mail_code where there is nobody to mail to.
  Task<AuthResult<AuthAnswer>> pretend_to_mail(std::string purpose, std::string email,
                                               std::optional<CodeChallenge> challenge = {});
  [[nodiscard]] AuthResult<> may_mail(std::optional<WallTime> sent) const;
  [[nodiscard]] std::string redirect_of(const AuthCall& call) const;
  [[nodiscard]] std::string make_refresh_token();
  [[nodiscard]] bool is_fresh(std::optional<WallTime> sent) const;
  [[nodiscard]] bool is_code(const std::string& given, const std::string& stored,
                             std::optional<WallTime> sent) const;

  // auth_code_flow.cpp
  [[nodiscard]] static AuthResult<std::optional<CodeChallenge>> challenge_of(const AuthCall& call);
  Task<AuthResult<>> begin_code_flow(std::optional<Uuid> user, std::string method,
                                     CodeChallenge challenge);
  Task<AuthResult<AuthAnswer>> code_grant(const AuthCall& call);
  Task<AuthResult<AuthAnswer>> follow_link_for_code(const AuthCall& call, std::string target);

  // auth_links.cpp
  // False when the other address has to agree yet.
  Task<AuthResult<bool>> accept(const Redeemed& redeemed);
  Task<AuthResult<Redeemed>> redeem_link(std::string type, std::string link);
  Task<AuthResult<Redeemed>> redeem_code(std::string type, std::string email, std::string code,
                                         std::string address);
  // The session, or nothing when the other address has to agree yet.
  Task<AuthResult<std::optional<AuthAnswer>>> admit(Redeemed redeemed, AuthOrigin origin);
  Task<AuthResult<std::optional<AuthAnswer>>> redeem_for_link(const AuthCall& call);

  Parts parts_;
  AuthConfig config_;
  std::size_t hashes_waiting_ = 0;
  std::uint64_t hashes_run_ = 0;
};

// What AuthService's own files share.
[[nodiscard]] AuthResult<> check_password(std::string_view password);
// In lower case; a fault when it is no address.
[[nodiscard]] AuthResult<std::string> check_email(std::string_view email);
[[nodiscard]] AuthResult<std::string> check_metadata(const json::Value* data);
// The `amr` of a session that a link of this type opens by a code.
[[nodiscard]] std::string method_of_link(std::string_view type);
// Before the hex digits of a link that leads back with a code.
inline constexpr std::string_view kCodeLink = "pkce_";
// "error=...&error_code=...&error_description=...", and "message=..." of a half-made change.
[[nodiscard]] std::string error_parameters(const AuthFault& fault);
[[nodiscard]] std::string half_confirmed_parameters();
[[nodiscard]] std::string code_hash(std::string_view email, std::string_view code);

}  // namespace antiphon

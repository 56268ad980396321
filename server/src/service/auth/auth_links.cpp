// What is mailed and what comes back: confirmation, recovery, links to sign in, new addresses.
#include "service/auth/auth_service.h"

#include <fmt/format.h>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr AttemptRule kMailByAddress{"mail.address", 60, 3'600s};
// Six digits could be guessed from many addresses at once. The link in the same mail, and the
// password, go on working.
constexpr AttemptRule kCodeByAccount{"code.account", 30, 3'600s};

constexpr std::string_view kHalfConfirmed =
    "Confirmation link accepted. Please proceed to confirm link sent to the other email";

std::unexpected<AuthFault> wrong_code() {
  return fault(403, "otp_expired", "Token has expired or is invalid");
}
std::unexpected<AuthFault> wrong_link() {
  return fault(403, "otp_expired", "Email link is invalid or has expired");
}

AuthAnswer nothing() { return {.body = json::Object{}}; }

std::string oauth_error(int status) {
  switch (status) {
    case 400:
      return "invalid_request";
    case 401:
      return "unauthorized_client";
    case 403:
      return "access_denied";
    case 500:
      return "server_error";
    case 503:
      return "temporarily_unavailable";
    default:
      return "";
  }
}

std::string fragment_of(const json::Value& session, std::string_view type) {
  std::string fragment;
  // In the order of their names, as clients have seen them until now.
  for (const std::string_view key : {"access_token", "expires_at", "expires_in", "refresh_token"}) {
    const json::Value* value = session.find(key);
    if (value == nullptr) continue;
    const std::string text = value->if_text() != nullptr ? *value->if_text() : json::write(*value);
    fragment += fmt::format("{}={}&", key, escape_parameter(text));
  }
  return fragment + fmt::format("sb=&token_type=bearer&type={}", escape_parameter(type));
}

}  // namespace

std::string error_parameters(const AuthFault& fault) {
  const std::string name = oauth_error(fault.status);
  return fmt::format("{}error_code={}&error_description={}",
                     name.empty() ? "" : fmt::format("error={}&", name), fault.code,
                     escape_parameter(fault.message));
}

std::string half_confirmed_parameters() { return "message=" + escape_parameter(kHalfConfirmed); }

Task<AuthResult<AuthAnswer>> AuthService::recover(AuthCall call) {
  if (call.text("email").empty()) {
    co_return fault(400, "validation_failed", "Password recovery requires an email");
  }
  const auto email = check_email(call.text("email"));
  if (!email) co_return std::unexpected(email.error());
  const auto challenge = challenge_of(call);
  if (!challenge) co_return std::unexpected(challenge.error());
  if (auto spent = co_await spend(kMailByAddress, call.origin.address); !spent) {
    co_return std::unexpected(spent.error());
  }
  const auto account = co_await parts_.store.find(AccountKey::email, *email);
  if (!account && account.error().code == ErrorCode::not_found) {
    co_return co_await pretend_to_mail("recover", *email, *challenge);
  }
  if (!account) co_return fault_of(account.error());
  if (auto may = may_mail(account->recovery_sent); !may) co_return std::unexpected(may.error());
  auto mailed = co_await mail_code(*account, MailedCode::recovery, AuthMail::recover, "recovery",
                                   redirect_of(call), account->email, *challenge);
  if (!mailed) co_return std::unexpected(std::move(mailed.error()));
  co_return nothing();
}

Task<AuthResult<AuthAnswer>> AuthService::one_time_password(AuthCall call) {
  if (!call.text("email").empty() && !call.text("phone").empty()) {
    co_return fault(400, "validation_failed",
                    "Only an email address or phone number should be provided");
  }
  if (call.text("email").empty()) {
    if (!call.text("phone").empty()) {
      co_return fault(400, "phone_provider_disabled", "Unsupported phone provider");
    }
    co_return fault(400, "validation_failed", "One of email or phone must be set");
  }
  auto email = check_email(call.text("email"));
  if (!email) co_return std::unexpected(std::move(email.error()));
  auto metadata = check_metadata(call.body.find("data"));
  if (!metadata) co_return std::unexpected(std::move(metadata.error()));
  auto challenge = challenge_of(call);
  if (!challenge) co_return std::unexpected(std::move(challenge.error()));
  if (auto spent = co_await spend(kMailByAddress, call.origin.address); !spent) {
    co_return std::unexpected(spent.error());
  }
  const json::Value* wanted = call.body.find("create_user");
  const bool create = wanted == nullptr || wanted->if_bool() == nullptr || *wanted->if_bool();
  auto account = co_await parts_.store.find(AccountKey::email, *email);
  if (!account && account.error().code != ErrorCode::not_found) {
    co_return fault_of(account.error());
  }
  if (!account) {
    if (!create) co_return fault(422, "otp_disabled", "Signups not allowed for otp");
    if (!config_.signup) {
      co_return fault(422, "signup_disabled", "Signups not allowed for this instance");
    }
    // A password that nobody knows.
    auto made = co_await make_account(*email, make_refresh_token() + make_refresh_token(),
                                      std::move(*metadata));
    if (!made) co_return std::unexpected(std::move(made.error()));
    account = std::move(*made);
  } else if (create) {
    // The same work as for a new account; this address has one, so that nothing is made.
    static_cast<void>(co_await make_account(*email, make_refresh_token() + make_refresh_token(),
                                            std::move(*metadata)));
    account = co_await parts_.store.find(AccountKey::id, account->id.to_string());
    if (!account) co_return fault_of(account.error());
  }
  const bool known = account->confirmed;
  if (auto may = may_mail(known ? account->recovery_sent : account->confirmation_sent); !may) {
    co_return std::unexpected(may.error());
  }
  auto mailed = co_await mail_code(
      *account, known ? MailedCode::recovery : MailedCode::confirmation, AuthMail::magic_link,
      known ? "magiclink" : "signup", redirect_of(call), account->email, std::move(*challenge));
  if (!mailed) co_return std::unexpected(std::move(mailed.error()));
  co_return nothing();
}

Task<AuthResult<AuthAnswer>> AuthService::resend(AuthCall call) {
  const std::string type = call.text("type");
  if ((type == "sms" || type == "phone_change") && !call.text("phone").empty()) {
    co_return fault(400, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (type != "signup" && type != "email_change") {
    co_return fault(400, "validation_failed",
                    "Missing one of these types: signup, email_change, sms, phone_change");
  }
  if (call.text("email").empty()) {
    co_return fault(400, "validation_failed",
                    type == "signup" ? "Type provided requires an email address"
                                     : "Missing email address or phone number");
  }
  const auto email = check_email(call.text("email"));
  if (!email) co_return std::unexpected(email.error());
  if (auto spent = co_await spend(kMailByAddress, call.origin.address); !spent) {
    co_return std::unexpected(spent.error());
  }
  const auto account = co_await parts_.store.find(AccountKey::email, *email);
  if (!account && account.error().code != ErrorCode::not_found) co_return fault_of(account.error());
  const bool signup = type == "signup";
  if (!account || (signup ? account->confirmed : account->new_email.empty())) {
    co_return co_await pretend_to_mail(type, *email);
  }
  if (auto may = may_mail(signup ? account->confirmation_sent : account->change_sent); !may) {
    co_return std::unexpected(may.error());
  }
  const std::string redirect = redirect_of(call);
  AuthResult<> mailed;
  if (signup) {
    mailed = co_await mail_code(*account, MailedCode::confirmation, AuthMail::confirm, "signup",
                                redirect, account->email);
  } else {
    mailed = co_await mail_code(*account, MailedCode::email_change_new, AuthMail::email_change,
                                "email_change", redirect, account->new_email);
    if (mailed && config_.secure_email_change) {
      mailed = co_await mail_code(*account, MailedCode::email_change_current,
                                  AuthMail::email_change, "email_change", redirect, account->email);
    }
  }
  if (!mailed) co_return std::unexpected(std::move(mailed.error()));
  co_return nothing();
}

Task<AuthResult<AuthAnswer>> AuthService::reauthenticate(AuthCall call) {
  const auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  const Account& account = caller->account;
  if (!account.confirmed) {
    co_return fault(422, "email_not_confirmed", "Please verify your email first.");
  }
  if (auto may = may_mail(account.reauthentication_sent); !may) {
    co_return std::unexpected(may.error());
  }
  auto mailed = co_await mail_code(account, MailedCode::reauthentication, AuthMail::reauthenticate,
                                   "reauthentication", "", account.email);
  if (!mailed) co_return std::unexpected(std::move(mailed.error()));
  co_return nothing();
}

Task<AuthResult<AuthService::Redeemed>> AuthService::redeem_link(std::string type,
                                                                 std::string link) {
  AccountKey key = AccountKey::any_link;
  if (type == "signup" || type == "invite") {
    key = AccountKey::confirmation;
  } else if (type == "recovery" || type == "magiclink") {
    key = AccountKey::recovery;
  } else if (type == "email_change") {
    key = AccountKey::email_change;
  } else if (type != "email") {
    co_return fault(400, "validation_failed", "Invalid email verification type");
  }
  const std::string hash = code_hash("", link);
  auto account = co_await parts_.store.find(key, hash);
  if (!account && account.error().code == ErrorCode::not_found) co_return wrong_link();
  if (!account) co_return fault_of(account.error());
  if (account->banned_until && *account->banned_until > parts_.clock.wall()) {
    co_return fault(403, "user_banned", "User is banned");
  }
  if (type == "email") type = account->confirmation_token.empty() ? "magiclink" : "signup";
  const auto sent = type == "email_change"                 ? account->change_sent
                    : type == "signup" || type == "invite" ? account->confirmation_sent
                                                           : account->recovery_sent;
  if (!is_fresh(sent)) co_return wrong_link();
  co_return Redeemed{std::move(*account), std::move(type)};
}

Task<AuthResult<AuthService::Redeemed>> AuthService::redeem_code(std::string type,
                                                                 std::string email,
                                                                 std::string code,
                                                                 std::string address) {
  if (auto spent = co_await spend(kCodeByAddress, address); !spent) {
    co_return std::unexpected(spent.error());
  }
  if (auto spent = co_await spend(kCodeByAccount, email); !spent) {
    co_return std::unexpected(spent.error());
  }
  const bool change = type == "email_change";
  auto account =
      co_await parts_.store.find(change ? AccountKey::change_of : AccountKey::email, email);
  if (!account && account.error().code == ErrorCode::not_found) co_return wrong_code();
  if (!account) co_return fault_of(account.error());
  if (account->banned_until && *account->banned_until > parts_.clock.wall()) {
    co_return fault(403, "user_banned", "User is banned");
  }
  const std::string hash = code_hash(email, code);
  const bool confirms = is_code(hash, account->confirmation_token, account->confirmation_sent);
  const bool recovers = is_code(hash, account->recovery_token, account->recovery_sent);
  bool right = false;
  if (change) {
    account->matched_new_address = is_code(hash, account->change_token_new, account->change_sent);
    right = account->matched_new_address ||
            is_code(hash, account->change_token_current, account->change_sent);
  } else if (type == "signup" || type == "invite") {
    right = confirms;
  } else if (type == "recovery" || type == "magiclink") {
    right = recovers;
  } else if (type == "email") {
    right = confirms || recovers;
    type = confirms ? "signup" : "magiclink";
  }
  if (!right) co_return wrong_code();
  static_cast<void>(co_await parts_.limiter.refund(kCodeByAddress, address));
  static_cast<void>(co_await parts_.limiter.refund(kCodeByAccount, email));
  co_return Redeemed{std::move(*account), std::move(type)};
}

Task<AuthResult<bool>> AuthService::accept(const Redeemed& redeemed) {
  const Account& account = redeemed.account;
  const WallTime now = parts_.clock.wall();
  if (redeemed.type != "email_change") {
    const auto confirmed = co_await parts_.store.confirm(account.id, now);
    if (!confirmed) co_return fault_of(confirmed.error());
    co_return true;
  }
  const bool both = config_.secure_email_change && !account.email.empty();
  const auto made =
      co_await parts_.store.confirm_change(account.id, account.matched_new_address, both, now);
  if (!made && made.error().code == ErrorCode::already_exists) {
    co_return fault(422, "email_exists",
                    "A user with this email address has already been registered");
  }
  if (!made) co_return fault_of(made.error());
  co_return *made;
}

Task<AuthResult<std::optional<AuthAnswer>>> AuthService::admit(Redeemed redeemed,
                                                               AuthOrigin origin) {
  const auto accepted = co_await accept(redeemed);
  if (!accepted) co_return std::unexpected(accepted.error());
  if (!*accepted) co_return std::optional<AuthAnswer>{};
  auto session = co_await open_session(redeemed.account.id, "otp", std::move(origin));
  if (!session) co_return std::unexpected(std::move(session.error()));
  co_return std::optional(std::move(*session));
}

Task<AuthResult<AuthAnswer>> AuthService::verify(AuthCall call) {
  const std::string type = call.text("type");
  const std::string code = call.text("token");
  const std::string link = call.text("token_hash");
  if (type.empty()) {
    co_return fault(400, "validation_failed", "Verify requires a verification type");
  }
  if (code.empty() == link.empty()) {
    co_return fault(400, "validation_failed", "Verify requires either a token or a token hash");
  }
  AuthResult<Redeemed> redeemed = fault(500, "unexpected_failure", "");
  if (!link.empty()) {
    if (!call.text("email").empty() || !call.text("phone").empty() ||
        !call.text("redirect_to").empty()) {
      co_return fault(400, "validation_failed", "Only the token_hash and type should be provided");
    }
    if (auto spent = co_await spend(kCodeByAddress, call.origin.address); !spent) {
      co_return std::unexpected(spent.error());
    }
    redeemed = co_await redeem_link(type, link);
  } else {
    if (call.text("email").empty()) {
      co_return fault(400, "validation_failed",
                      "Only an email address or phone number should be provided on verify");
    }
    const auto email = check_email(call.text("email"));
    if (!email) co_return fault(422, "validation_failed", "Invalid email format");
    redeemed = co_await redeem_code(type, *email, code, call.origin.address);
  }
  if (!redeemed) co_return std::unexpected(std::move(redeemed.error()));
  auto answer = co_await admit(std::move(*redeemed), call.origin);
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (*answer) co_return std::move(**answer);
  co_return AuthAnswer{.body = json::Object{{"msg", kHalfConfirmed}, {"code", "200"}}};
}

Task<AuthResult<std::optional<AuthAnswer>>> AuthService::redeem_for_link(const AuthCall& call) {
  if (auto spent = co_await spend(kCodeByAddress, call.origin.address); !spent) {
    co_return std::unexpected(std::move(spent.error()));
  }
  auto redeemed = co_await redeem_link(call.parameter("type"), call.parameter("token"));
  if (!redeemed) co_return std::unexpected(std::move(redeemed.error()));
  co_return co_await admit(std::move(*redeemed), call.origin);
}

Task<AuthResult<AuthAnswer>> AuthService::follow_link(AuthCall call) {
  const std::string type = call.parameter("type");
  if (type.empty()) {
    co_return fault(400, "validation_failed", "Verify requires a verification type");
  }
  if (call.parameter("token").empty()) {
    co_return fault(400, "validation_failed", "Verify requires a token or a token hash");
  }
  const std::string target = redirect_of(call);
  if (call.parameter("token").starts_with(kCodeLink)) {
    co_return co_await follow_link_for_code(call, target);
  }
  const auto answer = co_await redeem_for_link(call);
  std::string fragment;
  if (!answer) {
    fragment = error_parameters(answer.error()) + "&sb=";
  } else if (!*answer) {
    fragment = half_confirmed_parameters() + "&sb=";
  } else {
    fragment = fragment_of((*answer)->body, type);
  }
  // A fragment of the target's own would hide ours.
  co_return AuthAnswer{.status = 303,
                       .location = target.substr(0, target.find('#')) + '#' + fragment};
}

}  // namespace antiphon

// What a person changes in their own account: metadata, password, address.
#include "service/auth/auth_service.h"

#include <string_view>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours kRecent{24};

}  // namespace

Task<AuthResult<>> AuthService::change_password(const AuthCall& call, Caller& caller) {
  const std::string password = call.text("password");
  Account& account = caller.account;
  if (config_.password_reauthentication && parts_.clock.wall() > caller.details.created + kRecent) {
    const std::string nonce = call.text("nonce");
    if (nonce.empty()) {
      co_return fault(400, "reauthentication_needed", "Password update requires reauthentication");
    }
    if (!is_code(code_hash(account.email, nonce), account.reauthentication_token,
                 account.reauthentication_sent)) {
      co_return fault(422, "reauthentication_not_valid", "Nonce has expired or is invalid");
    }
    const auto cleared = co_await parts_.store.clear_reauthentication(account.id);
    if (!cleared) co_return fault_of(cleared.error());
  }
  if (!account.password_hash.reveal().empty()) {
    const auto same = co_await matches(password, account.password_hash.reveal());
    if (!same) co_return std::unexpected(same.error());
    if (*same) {
      co_return fault(422, "same_password",
                      "New password should be different from the old password.");
    }
  }
  auto hash = co_await hash_of(password);
  if (!hash) co_return std::unexpected(std::move(hash.error()));
  const auto others = co_await parts_.store.sessions(account.id);
  const auto stored = co_await parts_.store.set_password(account.id, std::move(*hash),
                                                         caller.session, parts_.clock.wall());
  if (!stored) co_return fault_of(stored.error());
  if (others) {
    for (const SessionSummary& session : *others) {
      if (session.id != caller.session) parts_.tokens.forget(session.id);
    }
  }
  co_return AuthResult<>{};
}

Task<AuthResult<>> AuthService::begin_email_change(const AuthCall& call, Caller& caller) {
  auto email = check_email(call.text("email"));
  if (!email) co_return std::unexpected(std::move(email.error()));
  Account& account = caller.account;
  if (*email == account.email) co_return AuthResult<>{};
  const auto taken = co_await parts_.store.find(AccountKey::email, *email);
  if (taken) {
    co_return fault(422, "email_exists",
                    "A user with this email address has already been registered");
  }
  if (taken.error().code != ErrorCode::not_found) co_return fault_of(taken.error());
  if (auto may = may_mail(account.change_sent); !may) co_return std::unexpected(may.error());
  account.new_email = *email;
  const auto challenge = challenge_of(call);
  if (!challenge) co_return std::unexpected(challenge.error());
  const std::string redirect = redirect_of(call);
  auto mailed = co_await mail_code(account, MailedCode::email_change_new, AuthMail::email_change,
                                   "email_change", redirect, *email, *challenge);
  if (!mailed || !config_.secure_email_change || account.email.empty()) co_return mailed;
  co_return co_await mail_code(account, MailedCode::email_change_current, AuthMail::email_change,
                               "email_change", redirect, account.email, *challenge);
}

Task<AuthResult<AuthAnswer>> AuthService::update_user(AuthCall call) {
  auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(std::move(caller.error()));
  const json::Value* password = call.body.find("password");
  const bool with_password = password != nullptr && password->if_text() != nullptr;
  if (!call.text("email").empty()) {
    if (auto right = check_email(call.text("email")); !right) {
      co_return std::unexpected(right.error());
    }
  }
  if (!call.text("phone").empty()) {
    co_return fault(400, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (with_password) {
    if (auto right = check_password(*password->if_text()); !right) {
      co_return std::unexpected(right.error());
    }
  }
  auto metadata = check_metadata(call.body.find("data"));
  if (!metadata) co_return std::unexpected(std::move(metadata.error()));
  if (call.body.find("app_metadata") != nullptr) {
    co_return fault(403, "not_admin", "Updating app_metadata requires admin privileges");
  }
  if (caller->account.second_factors > 0 && caller->details.assurance != "aal2" &&
      (with_password ||
       (!call.text("email").empty() && call.text("email") != caller->account.email))) {
    co_return fault(401, "insufficient_aal",
                    "AAL2 session is required to update email or password when MFA is enabled.");
  }
  if (with_password) {
    auto changed = co_await change_password(call, *caller);
    if (!changed) co_return std::unexpected(std::move(changed.error()));
  }
  if (*metadata != "{}") {
    const auto merged = co_await parts_.store.merge_metadata(
        caller->account.id, std::move(*metadata), parts_.clock.wall());
    if (!merged) co_return fault_of(merged.error());
  }
  if (!call.text("email").empty()) {
    auto begun = co_await begin_email_change(call, *caller);
    if (!begun) co_return std::unexpected(std::move(begun.error()));
  }
  co_return co_await user(std::move(call));
}

}  // namespace antiphon

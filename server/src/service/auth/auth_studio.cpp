// What the studio's cookie stands on: a session of /auth/v1, begun, looked at and ended from there.
#include "crypto/totp.h"
#include "service/auth/auth_service.h"

namespace antiphon {

namespace {

std::string token_of(const AuthAnswer& answer) {
  const json::Value* token = answer.body.find("access_token");
  return token != nullptr && token->if_text() != nullptr ? *token->if_text() : std::string();
}

// The factors that the user's document calls verified.
std::vector<Uuid> verified_factors(const Account& account) {
  std::vector<Uuid> found;
  const auto document = json::parse(account.document.reveal());
  const json::Value* factors = document ? document->find("factors") : nullptr;
  if (factors == nullptr || factors->if_array() == nullptr) return found;
  for (const json::Value& factor : *factors->if_array()) {
    const json::Value* id = factor.find("id");
    const json::Value* status = factor.find("status");
    if (id == nullptr || id->if_text() == nullptr || status == nullptr ||
        status->if_text() == nullptr || *status->if_text() != "verified") {
      continue;
    }
    if (const auto parsed = Uuid::parse(*id->if_text())) found.push_back(*parsed);
  }
  return found;
}

}  // namespace

Task<AuthResult<>> AuthService::show_second_factor(const Caller& caller, const AuthCall& call) {
  const std::string code = call.text("code");
  if (code.empty()) {
    co_return fault(403, "insufficient_aal",
                    "this account has a second factor: send the code it shows as well");
  }
  const Uuid user = caller.account.id;
  const std::string pair = call.origin.address + ' ' + user.to_string();
  if (auto spent = co_await spend(kFactorByAddress, pair); !spent) co_return spent;
  const WallTime now = parts_.clock.wall();
  for (const Uuid id : verified_factors(caller.account)) {
    const auto factor = co_await parts_.store.factor(user, id);
    if (!factor && factor.error().code != ErrorCode::not_found) co_return fault_of(factor.error());
    if (!factor || !is_totp_code(factor->secret.reveal(), code, now)) continue;
    const Uuid challenge = Uuid::make_random(parts_.random);
    const auto made = co_await parts_.store.challenge(challenge, id, call.origin.address, now);
    if (!made) co_return fault_of(made.error());
    const auto verified = co_await parts_.store.verify_factor(
        {challenge, id, user, caller.session, make_refresh_token()}, now);
    if (!verified) co_return fault_of(verified.error());
    if (!*verified) break;
    static_cast<void>(co_await parts_.limiter.refund(kFactorByAddress, pair));
    co_return AuthResult<>{};
  }
  co_return fault(422, "mfa_verification_failed", "the code of the second factor is wrong");
}

Task<AuthResult<VerifiedUser>> AuthService::sign_in_for_studio(AuthCall call) {
  const bool by_password = call.body.find("password") != nullptr;
  if (by_password || call.body.find("refresh_token") != nullptr) {
    call.query = {{"grant_type", by_password ? "password" : "refresh_token"}};
    const auto session = co_await token(call);
    if (!session) co_return std::unexpected(session.error());
    call.bearer = token_of(*session);
  }
  const auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  if (caller->account.second_factors > 0 && caller->details.assurance != "aal2") {
    if (auto shown = co_await show_second_factor(*caller, call); !shown) {
      // What a password alone has opened is of no use and ends; a session of elsewhere stays.
      if (by_password) {
        static_cast<void>(co_await end_session(caller->account.id, caller->session));
      }
      co_return std::unexpected(std::move(shown.error()));
    }
    parts_.tokens.forget(caller->session);
  }
  auto user = parts_.tokens.check(call.bearer);
  if (!user) co_return fault(403, "bad_jwt", user.error().message);
  co_return std::move(*user);
}

Task<Result<std::vector<SessionSummary>>> AuthService::sessions(Uuid user) {
  return parts_.store.sessions(user);
}

Task<Result<>> AuthService::end_session(Uuid user, Uuid session) {
  const auto ended = co_await parts_.store.end_sessions(user, session, SessionScope::local);
  if (!ended) co_return std::unexpected(ended.error());
  if (ended->empty()) co_return failure(ErrorCode::not_found, "there is no such session");
  parts_.tokens.forget(session);
  co_return Result<>{};
}

Task<Result<>> AuthService::end_other_sessions(Uuid user, Uuid kept) {
  const auto ended = co_await parts_.store.end_sessions(user, kept, SessionScope::others);
  if (!ended) co_return std::unexpected(ended.error());
  for (const Uuid session : *ended)
    parts_.tokens.forget(session);
  co_return Result<>{};
}

Task<Result<bool>> AuthService::session_is_good(Uuid user, Uuid session) {
  const auto standing = co_await parts_.store.standing(session, user, parts_.clock.wall());
  if (!standing) co_return std::unexpected(standing.error());
  co_return *standing == SessionStanding::good;
}

}  // namespace antiphon

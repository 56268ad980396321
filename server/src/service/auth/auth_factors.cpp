// Second factors: codes of an authenticator app. A session that showed one is aal2.
#include "core/log.h"
#include "crypto/totp.h"
#include "service/auth/auth_service.h"

#include <fmt/format.h>

namespace antiphon {

namespace {

constexpr std::size_t kNameMax = 100;

std::string host_of(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return "antiphon";
  url.remove_prefix(begin + 3);
  return std::string(url.substr(0, url.find('/')));
}

}  // namespace

Task<AuthResult<AuthAnswer>> AuthService::enroll_factor(AuthCall call) {
  const auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  const std::string kind = call.text("factor_type");
  if (kind == "phone") {
    co_return fault(422, "mfa_phone_enroll_not_enabled", "MFA enroll is disabled for Phone");
  }
  if (kind == "webauthn") {
    co_return fault(422, "mfa_webauthn_enroll_not_enabled", "MFA enroll is disabled for WebAuthn");
  }
  if (kind != "totp") {
    co_return fault(400, "validation_failed", "factor_type needs to be totp, phone, or webauthn");
  }
  const std::string name = call.text("friendly_name");
  if (name.size() > kNameMax) {
    co_return fault(400, "validation_failed", "friendly_name is longer than 100 bytes");
  }
  if (caller->account.second_factors > 0 && caller->details.assurance != "aal2") {
    co_return fault(403, "insufficient_aal", "AAL2 required to enroll a new factor");
  }
  const Uuid id = Uuid::make_random(parts_.random);
  const std::string secret = make_totp_secret(parts_.random);
  const auto enrolled =
      co_await parts_.store.enroll(id, caller->account.id, name, secret, parts_.clock.wall());
  if (!enrolled) co_return fault_of(enrolled.error());
  if (*enrolled == EnrollOutcome::name_taken) {
    co_return fault(
        422, "mfa_factor_name_conflict",
        fmt::format("A factor with the friendly name \"{}\" for this user already exists", name));
  }
  if (*enrolled == EnrollOutcome::too_many) {
    co_return fault(422, "too_many_enrolled_mfa_factors",
                    "Maximum number of verified factors reached, unenroll to continue");
  }
  const std::string issuer =
      call.text("issuer").empty() ? host_of(config_.site_url) : call.text("issuer");
  const std::string uri = totp_uri(issuer, caller->account.email, secret);
  co_return AuthAnswer{.body =
                           json::Object{{"id", id.to_string()},
                                        {"type", "totp"},
                                        {"friendly_name", name},
                                        {"totp", json::Object{{"secret", secret}, {"uri", uri}}}}};
}

Task<AuthResult<AuthService::OwnFactor>> AuthService::factor_of(const AuthCall& call,
                                                                const std::string& factor) {
  auto caller = co_await caller_of(call);
  if (!caller) co_return std::unexpected(caller.error());
  const auto id = Uuid::parse(factor);
  if (!id) co_return fault(404, "validation_failed", "factor_id must be an UUID");
  auto known = co_await parts_.store.factor(caller->account.id, *id);
  if (!known && known.error().code == ErrorCode::not_found) {
    co_return fault(404, "mfa_factor_not_found", "Factor not found");
  }
  if (!known) co_return fault_of(known.error());
  co_return OwnFactor{std::move(*caller), *id, std::move(*known)};
}

Task<AuthResult<AuthAnswer>> AuthService::challenge_factor(AuthCall call, std::string factor) {
  const auto own = co_await factor_of(call, factor);
  if (!own) co_return std::unexpected(own.error());
  const Uuid challenge = Uuid::make_random(parts_.random);
  const WallTime now = parts_.clock.wall();
  const auto made = co_await parts_.store.challenge(challenge, own->id, call.origin.address, now);
  if (!made) co_return fault_of(made.error());
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + config_.challenge_lifetime);
  co_return AuthAnswer{
      .body = json::Object{
          {"id", challenge.to_string()},
          {"type", "totp"},
          {"expires_at", static_cast<std::int64_t>(expires.time_since_epoch().count())}}};
}

Task<AuthResult<AuthAnswer>> AuthService::verify_factor(AuthCall call, std::string factor) {
  const auto own = co_await factor_of(call, factor);
  if (!own) co_return std::unexpected(own.error());
  const std::string code = call.text("code");
  if (code.empty()) co_return fault(400, "validation_failed", "Code needs to be non-empty");
  const auto challenge_id = Uuid::parse(call.text("challenge_id"));
  if (!challenge_id) {
    co_return fault(400, "bad_json",
                    "Could not parse request body as JSON: challenge_id is no UUID");
  }
  const auto challenge = co_await parts_.store.find_challenge(*challenge_id, own->id);
  if (!challenge && challenge.error().code == ErrorCode::not_found) {
    co_return fault(422, "mfa_factor_not_found",
                    "MFA factor with the provided challenge ID not found");
  }
  if (!challenge) co_return fault_of(challenge.error());
  if (challenge->used ||
      (!call.origin.address.empty() && challenge->address != call.origin.address)) {
    co_return fault(422, "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.");
  }
  const WallTime now = parts_.clock.wall();
  if (now > challenge->created + config_.challenge_lifetime) {
    co_return fault(422, "mfa_challenge_expired",
                    fmt::format("MFA challenge {} has expired, verify against another challenge or "
                                "create a new challenge.",
                                challenge_id->to_string()));
  }
  const std::string pair = call.origin.address + ' ' + own->caller.account.id.to_string();
  if (auto spent = co_await spend(kFactorByAddress, pair); !spent) {
    co_return std::unexpected(spent.error());
  }
  if (!is_totp_code(own->factor.secret.reveal(), code, now)) {
    co_return fault(422, "mfa_verification_failed", "Invalid TOTP code entered");
  }
  std::string fresh = make_refresh_token();
  const auto verified = co_await parts_.store.verify_factor(
      {*challenge_id, own->id, own->caller.account.id, own->caller.session, fresh}, now);
  if (!verified) co_return fault_of(verified.error());
  if (!*verified) {
    co_return fault(422, "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.");
  }
  static_cast<void>(co_await parts_.limiter.refund(kFactorByAddress, pair));
  co_return co_await session_answer(own->caller.session, std::move(fresh));
}

Task<AuthResult<AuthAnswer>> AuthService::remove_factor(AuthCall call, std::string factor) {
  const auto own = co_await factor_of(call, factor);
  if (!own) co_return std::unexpected(own.error());
  if (own->factor.verified && own->caller.details.assurance != "aal2") {
    co_return fault(422, "insufficient_aal", "AAL2 required to unenroll verified factor");
  }
  const auto removed =
      co_await parts_.store.remove_factor(own->caller.account.id, own->id, parts_.clock.wall());
  if (!removed) co_return fault_of(removed.error());
  co_return AuthAnswer{.body = json::Object{{"id", own->id.to_string()}}};
}

}  // namespace antiphon

// Mailed links that lead back with a code, which only who asked for the mail can exchange (PKCE).
// Source  RFC 7636.
#include "core/base64.h"
#include "crypto/hash.h"
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kCodeLife{300};  // from when the link was followed
constexpr std::size_t kChallengeMin = 43;
constexpr std::size_t kChallengeMax = 128;

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
         letter == '~';
}

std::unexpected<AuthFault> no_flow() {
  return fault(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
}

bool answers(const CodeFlow& flow, const std::string& verifier) {
  const std::string given =
      flow.challenge_method == "s256" ? base64url_encode(sha256(verifier)) : verifier;
  return constant_time_equal(std::as_bytes(std::span(given)),
                             std::as_bytes(std::span(flow.challenge)));
}

}  // namespace

AuthResult<std::optional<CodeChallenge>> AuthService::challenge_of(const AuthCall& call) {
  CodeChallenge given{call.text("code_challenge"), call.text("code_challenge_method")};
  if (given.text.empty() && given.method.empty()) return std::optional<CodeChallenge>{};
  if (given.text.empty() || given.method.empty()) {
    return fault(400, "validation_failed",
                 "PKCE flow requires code_challenge_method and code_challenge");
  }
  if (given.text.size() < kChallengeMin || given.text.size() > kChallengeMax) {
    return fault(400, "validation_failed",
                 "code challenge has to be between 43 and 128 characters");
  }
  if (!std::ranges::all_of(given.text, is_plain)) {
    return fault(400, "validation_failed",
                 "code challenge can only contain alphanumeric characters, hyphens, periods, "
                 "underscores and tildes");
  }
  std::ranges::transform(given.method, given.method.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (given.method != "s256" && given.method != "plain") {
    return fault(400, "validation_failed", "unsupported code_challenge method");
  }
  return std::optional(std::move(given));
}

Task<AuthResult<>> AuthService::begin_code_flow(std::optional<Uuid> user, std::string method,
                                                CodeChallenge challenge) {
  const auto begun = co_await parts_.store.begin_code_flow(
      {.id = Uuid::make_random(parts_.random),
       .user = user.value_or(Uuid{}),
       .method = std::move(method),
       .challenge = std::move(challenge.text),
       .challenge_method = std::move(challenge.method)},
      Uuid::make_random(parts_.random).to_string(), parts_.clock.wall());
  if (!begun) co_return fault_of(begun.error());
  co_return AuthResult<>{};
}

std::string method_of_link(std::string_view type) {
  return type == "signup" ? "email/signup" : std::string(type);
}

Task<AuthResult<AuthAnswer>> AuthService::follow_link_for_code(const AuthCall& call,
                                                               std::string target) {
  target.resize(std::min(target.find('#'), target.size()));
  target += target.contains('?') ? '&' : '?';
  const auto refuse = [&target](const AuthFault& failed) {
    const std::string parameters = error_parameters(failed);
    return AuthAnswer{.status = 303,
                      .location = fmt::format("{}{}#{}&sb=", target, parameters, parameters)};
  };
  if (auto spent = co_await spend(kCodeByAddress, call.origin.address); !spent) {
    co_return refuse(spent.error());
  }
  auto redeemed = co_await redeem_link(call.parameter("type"), call.parameter("token"));
  if (!redeemed) co_return refuse(redeemed.error());
  const auto accepted = co_await accept(*redeemed);
  if (!accepted) co_return refuse(accepted.error());
  if (!*accepted) {
    const std::string parameters = half_confirmed_parameters();
    co_return AuthAnswer{.status = 303,
                         .location = fmt::format("{}{}#{}&sb=", target, parameters, parameters)};
  }
  const auto code = co_await parts_.store.issue_code(
      redeemed->account.id, method_of_link(redeemed->type), parts_.clock.wall());
  if (!code && code.error().code == ErrorCode::not_found) co_return refuse(no_flow().error());
  if (!code) co_return fault_of(code.error());
  co_return AuthAnswer{.status = 303, .location = target + "code=" + *code};
}

Task<AuthResult<AuthAnswer>> AuthService::code_grant(const AuthCall& call) {
  const std::string code = call.text("auth_code");
  const std::string verifier = call.text("code_verifier");
  if (code.empty() || verifier.empty()) {
    co_return fault(400, "validation_failed",
                    "invalid request: both auth code and code verifier should be non-empty");
  }
  const auto flow = co_await parts_.store.find_code_flow(code);
  if (!flow && flow.error().code == ErrorCode::not_found) co_return no_flow();
  if (!flow) co_return fault_of(flow.error());
  if (!flow->issued || parts_.clock.wall() > *flow->issued + kCodeLife) {
    co_return fault(422, "flow_state_expired", "invalid flow state, flow state has expired");
  }
  if (!answers(*flow, verifier)) {
    co_return fault(400, "bad_code_verifier",
                    "code challenge does not match previously saved code verifier");
  }
  const auto used = co_await parts_.store.use_code_flow(flow->id);
  if (!used) co_return fault_of(used.error());
  if (!*used) co_return no_flow();
  co_return co_await open_session(flow->user, flow->method, call.origin);
}

}  // namespace antiphon

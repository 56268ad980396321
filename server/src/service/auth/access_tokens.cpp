#include "service/auth/access_tokens.h"

#include "core/check.h"
#include "crypto/hash.h"

namespace antiphon {

namespace {

std::unexpected<Error> refuse(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 "the access token " + std::string(why) + "; sign in again");
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : std::string();
}

json::Value member(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  return value == nullptr ? json::Value(json::Object{}) : *value;
}

}  // namespace

Result<VerifiedUser> user_of_claims(const json::Value& claims) {
  const auto user = Uuid::parse(text_of(claims, "sub"));
  const json::Value* expires = claims.find("exp");
  if (!user || expires == nullptr) return refuse("is malformed");
  VerifiedUser verified{.user = *user,
                        .session = Uuid::parse(text_of(claims, "session_id")),
                        .email = text_of(claims, "email"),
                        .assurance = text_of(claims, "aal"),
                        .expires = {}};
  if (verified.assurance.empty()) verified.assurance = "aal1";
  const double seconds = expires->if_integer() != nullptr
                             ? static_cast<double>(*expires->if_integer())
                             : *expires->if_double();
  // Beyond this a WallTime overflows; nobody issues such a token in earnest.
  constexpr double kLatest = 9e9;
  verified.expires = WallTime(
      std::chrono::seconds(static_cast<std::int64_t>(seconds > kLatest ? kLatest : seconds)));
  return verified;
}

AccessTokens::AccessTokens(JwtKeySet keys, std::string issuer, std::chrono::seconds lifetime,
                           AuthStore& sessions, Clock& clock)
    : keys_(std::move(keys)),
      rules_{.issuer = std::move(issuer)},
      lifetime_(lifetime),
      sessions_(sessions),
      clock_(clock) {
  CHECK(keys_.signing_key() != nullptr, "the start makes a key that signs");
}

AccessToken AccessTokens::issue(Uuid session_id, const AuthSession& session) const {
  const WallTime now = clock_.wall();
  const WallTime expires = WallTime(std::chrono::seconds(seconds_of(now))) + lifetime_;
  auto user = json::parse(session.document.reveal());
  auto methods = json::parse(session.methods);
  CHECK(user && methods, "the database prints JSON");
  json::Object claims{{"iss", rules_.issuer},
                      {"sub", session.user.to_string()},
                      {"aud", rules_.audience},
                      {"exp", seconds_of(expires)},
                      {"iat", seconds_of(now)},
                      {"email", text_of(*user, "email")},
                      {"phone", text_of(*user, "phone")},
                      {"app_metadata", member(*user, "app_metadata")},
                      {"user_metadata", member(*user, "user_metadata")},
                      {"role", "authenticated"},
                      {"aal", session.assurance},
                      {"amr", std::move(*methods)},
                      {"session_id", session_id.to_string()},
                      {"is_anonymous", false}};
  return {sign_jwt(claims, *keys_.signing_key()), expires};
}

Result<VerifiedUser> AccessTokens::check(std::string_view token) const {
  const auto claims = verify_jwt(token, keys_, rules_, clock_.wall());
  if (!claims) return std::unexpected(claims.error());
  return user_of_claims(*claims);
}

Task<Result<VerifiedUser>> AccessTokens::verify(std::string token) {
  if (token.size() > kJwtSizeMax) co_return refuse("is malformed");
  const Sha256 hash = sha256(token);
  const Digest digest(reinterpret_cast<const char*>(hash.data()), hash.size());
  const auto known = remembered_.find(digest);
  if (known != remembered_.end()) {
    if (clock_.wall() >= known->second.user.expires + rules_.leeway) {
      remembered_.erase(known);
      co_return refuse("has expired");
    }
    if (clock_.now() < known->second.asked + kRevocationDelay) co_return known->second.user;
  }
  auto user = check(token);
  if (!user) co_return std::unexpected(std::move(user.error()));
  // Only what is told of a session can be taken back; these tokens live by their time alone.
  if (!user->session) co_return refuse("names no session");
  const Timepoint asked = clock_.now();
  const auto standing = co_await sessions_.standing(*user->session, user->user, clock_.wall());
  if (!standing) co_return std::unexpected(standing.error());
  if (*standing != SessionStanding::good) {
    remembered_.erase(digest);
    if (*standing == SessionStanding::ended) co_return refuse("is of a session that has ended");
    co_return failure(ErrorCode::unauthenticated,
                      "this account has a second factor: verify a code of it under "
                      "/auth/v1/factors first");
  }
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
  remembered_.insert_or_assign(digest, Remembered{*user, asked});
  co_return std::move(*user);
}

void AccessTokens::use_keys(JwtKeySet keys) {
  CHECK(keys.signing_key() != nullptr, "there is always a secret");
  keys_ = std::move(keys);
  remembered_.clear();
}

void AccessTokens::forget(Uuid session) {
  std::erase_if(remembered_,
                [&](const auto& entry) { return entry.second.user.session == session; });
}

}  // namespace antiphon

#include "crypto/jwt.h"

#include "core/base64.h"
#include "core/check.h"

#include <algorithm>
#include <cmath>

namespace antiphon {

namespace {

struct Parts {
  std::string_view signed_part;  // header.payload
  json::Value header;
  std::string payload;
  std::string signature;
};

std::unexpected<Error> refuse(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 "the access token " + std::string(why) + "; sign in again");
}

std::optional<std::string> decode(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

std::optional<json::Value> header_of(std::string_view token) {
  const auto text = decode(token.substr(0, token.find('.')));
  if (!text) return std::nullopt;
  auto header = json::parse(*text);
  if (!header || header->if_object() == nullptr) return std::nullopt;
  return std::move(*header);
}

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kJwtSizeMax) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const std::string_view payload = token.substr(first + 1, last - first - 1);
  if (payload.contains('.')) return std::nullopt;
  auto header = header_of(token);
  auto text = decode(payload);
  auto signature = decode(token.substr(last + 1));
  if (!header || !text || !signature) return std::nullopt;
  return Parts{token.substr(0, last), std::move(*header), std::move(*text), std::move(*signature)};
}

// Extensions that must be understood (`crit`, RFC 7515 section 4.1.11) are not.
bool is_signed_by_one_of(const Parts& parts, const JwtKeySet& keys) {
  const json::Value* algorithm = parts.header.find("alg");
  const json::Value* id = parts.header.find("kid");
  if (algorithm == nullptr || algorithm->if_text() == nullptr) return false;
  if (parts.header.find("crit") != nullptr) return false;
  if (id != nullptr && id->if_text() == nullptr) return false;
  return std::ranges::any_of(keys.keys(), [&](const JwtKey& key) {
    if (*algorithm->if_text() != name_of(key.algorithm())) return false;
    if (id != nullptr && !key.id().empty() && *id->if_text() != key.id()) return false;
    return key.verify(parts.signed_part, parts.signature);
  });
}

// RFC 7519 NumericDate: seconds, perhaps with a fraction. Nothing when it is no such number.
std::optional<double> date_of(const json::Value& value) {
  if (const auto* whole = value.if_integer()) return static_cast<double>(*whole);
  if (const auto* real = value.if_double()) return *real;
  return std::nullopt;
}

bool names(const json::Value* claim, std::string_view audience) {
  if (claim == nullptr) return false;
  if (const auto* one = claim->if_text()) return *one == audience;
  const auto* several = claim->if_array();
  return several != nullptr && std::ranges::any_of(*several, [&](const json::Value& item) {
           return item.if_text() != nullptr && *item.if_text() == audience;
         });
}

Result<> check(const json::Value& claims, const JwtRules& rules, WallTime now) {
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const double leeway = static_cast<double>(rules.leeway.count());
  const json::Value* expires = claims.find("exp");
  const auto until = expires == nullptr ? std::nullopt : date_of(*expires);
  if (!until) return refuse("is malformed");
  if (seconds >= *until + leeway) return refuse("has expired");
  for (const std::string_view name : {"nbf", "iat"}) {
    const json::Value* claim = claims.find(name);
    if (claim == nullptr) continue;
    const auto from = date_of(*claim);
    if (!from) return refuse("is malformed");
    if (seconds < *from - leeway) return refuse("is not yet valid");
  }
  if (!rules.audience.empty() && !names(claims.find("aud"), rules.audience)) {
    return refuse("is for another audience");
  }
  const json::Value* issuer = claims.find("iss");
  if (!rules.issuer.empty() &&
      (issuer == nullptr || issuer->if_text() == nullptr || *issuer->if_text() != rules.issuer)) {
    return refuse("is from another issuer");
  }
  return {};
}

std::string encode(std::string_view text) {
  return base64url_encode(std::as_bytes(std::span(text)));
}

}  // namespace

Result<> JwtKeySet::add(JwtKey key) {
  if (keys_.size() >= kJwtKeysMax) {
    return failure(ErrorCode::resource_exhausted, "a set of keys holds at most 32");
  }
  keys_.push_back(std::move(key));
  return {};
}

Result<JwtKeySet> JwtKeySet::from_jwks(std::string_view text) {
  auto document = json::parse(text);
  if (!document) return std::unexpected(std::move(document.error()));
  const json::Value* list = document->find("keys");
  if (list == nullptr || list->if_array() == nullptr) {
    return failure(ErrorCode::protocol_error, "a set of keys is an object with the array `keys`");
  }
  JwtKeySet set;
  for (const json::Value& jwk : *list->if_array()) {
    auto key = JwtKey::from_jwk(jwk);
    if (!key) continue;
    auto added = set.add(std::move(*key));
    if (!added) return std::unexpected(std::move(added.error()));
  }
  return set;
}

const JwtKey* JwtKeySet::signing_key() const {
  const auto found = std::ranges::find_if(keys_, &JwtKey::can_sign);
  return found == keys_.end() ? nullptr : &*found;
}

bool JwtKeySet::has_id(std::string_view id) const {
  return std::ranges::any_of(keys_, [id](const JwtKey& key) { return key.id() == id; });
}

std::string JwtKeySet::public_jwks() const {
  json::Array published;
  for (const JwtKey& key : keys_) {
    json::Value jwk = key.public_jwk();
    if (!jwk.is_null()) published.push_back(std::move(jwk));
  }
  return json::write(json::Object{{"keys", std::move(published)}});
}

std::string sign_jwt(const json::Value& claims, const JwtKey& key) {
  json::Object header{{"alg", name_of(key.algorithm())}, {"typ", "JWT"}};
  if (!key.id().empty()) header.insert(header.begin() + 1, {"kid", key.id()});
  std::string token = encode(json::write(std::move(header)));
  token += '.';
  token += encode(json::write(claims));
  const std::string signature = key.sign(token);
  token += '.';
  token += encode(signature);
  return token;
}

Result<json::Value> verify_jwt(std::string_view token, const JwtKeySet& keys, const JwtRules& rules,
                               WallTime now) {
  const auto parts = split(token);
  if (!parts) return refuse("is malformed");
  if (!is_signed_by_one_of(*parts, keys)) return refuse("has a wrong signature");
  auto claims = json::parse(parts->payload);
  if (!claims || claims->if_object() == nullptr) return refuse("is malformed");
  auto right = check(*claims, rules, now);
  if (!right) return std::unexpected(std::move(right.error()));
  return std::move(*claims);
}

std::optional<std::string> unverified_key_id(std::string_view token) {
  if (token.size() > kJwtSizeMax) return std::nullopt;
  const auto header = header_of(token);
  const json::Value* id = header ? header->find("kid") : nullptr;
  if (id == nullptr || id->if_text() == nullptr) return std::nullopt;
  return *id->if_text();
}

}  // namespace antiphon

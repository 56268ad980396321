// JSON Web Tokens: keys, signing and verifying, with HS256, RS256 and ES256 and nothing else.
//
//   JwtKeySet keys;  keys.add(*JwtKey::from_secret(secret));
//   const std::string token = sign_jwt(claims, *keys.signing_key());
//   Result<json::Value> claims = verify_jwt(token, keys, {.issuer = issuer}, clock.wall());
//
// A key knows its one algorithm. What the token's header claims only has to agree with the key:
// "none", and an HMAC made with a public key, find no key to be checked with.
// Limits  token kJwtSizeMax; kJwtKeysMax keys a set; secrets of 32 bytes and more, RSA of 2,048 to
//         8,192 bits, EC on P-256. Times may be off by `leeway`.
// Errors  verify_jwt: unauthenticated; the message says which of malformed, wrong signature,
//         expired, not yet valid, other audience, other issuer. Keys: invalid_argument.
// Thread  any; a key is immutable and its copies share it.
// Source  RFC 7515, RFC 7517, RFC 7518, RFC 7519, RFC 8725.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "json/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kJwtSizeMax = 8 * 1024;
inline constexpr std::size_t kJwtKeysMax = 32;
inline constexpr std::size_t kJwtSecretMin = 32;

enum class JwtAlgorithm : std::uint8_t { hs256, rs256, es256 };
[[nodiscard]] std::string_view name_of(JwtAlgorithm algorithm);

class JwtKey {
 public:
  // `id` is the token's `kid`; a key without one serves tokens with any.
  [[nodiscard]] static Result<JwtKey> from_secret(std::string_view secret, std::string id = {});
  // PEM, private (signs and verifies) or public (verifies): RSA becomes RS256, P-256 ES256.
  // Without an id it gets its JWK thumbprint (RFC 7638).
  [[nodiscard]] static Result<JwtKey> from_pem(std::string_view pem, std::string id = {});
  // A public key of a JWKS, or "oct".
  [[nodiscard]] static Result<JwtKey> from_jwk(const json::Value& jwk);
  // A new private key; RS256 has 3,072 bits and takes a second. hs256 is no key pair: CHECK.
  [[nodiscard]] static JwtKey generate(JwtAlgorithm algorithm);

  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] JwtAlgorithm algorithm() const;
  [[nodiscard]] bool can_sign() const;
  // CHECKs can_sign().
  [[nodiscard]] std::string sign(std::string_view input) const;
  [[nodiscard]] bool verify(std::string_view input, std::string_view signature) const;
  // Null for a secret, which nobody publishes.
  [[nodiscard]] json::Value public_jwk() const;
  // PKCS #8; CHECKs that this is the private half of a pair.
  [[nodiscard]] std::string private_pem() const;

 private:
  struct Material;
  explicit JwtKey(std::shared_ptr<const Material> material) : material_(std::move(material)) {}
  // Shared by copies: OpenSSL's key objects are not copied cheaply, and nothing changes them.
  std::shared_ptr<const Material> material_;
};

class JwtKeySet {
 public:
  // The first key that can sign is the one that signs. resource_exhausted: over kJwtKeysMax.
  Result<> add(JwtKey key);
  // {"keys": [...]}; keys of other kinds or uses are left out, as RFC 7517 section 5 has it.
  [[nodiscard]] static Result<JwtKeySet> from_jwks(std::string_view text);
  // Null when none can.
  [[nodiscard]] const JwtKey* signing_key() const;
  [[nodiscard]] bool has_id(std::string_view id) const;
  [[nodiscard]] const std::vector<JwtKey>& keys() const { return keys_; }
  // The public halves, for /.well-known/jwks.json.
  [[nodiscard]] std::string public_jwks() const;

 private:
  std::vector<JwtKey> keys_;
};

struct JwtRules {
  std::string audience = "authenticated";
  std::string issuer = {};  // empty: any
  std::chrono::seconds leeway{10};
};

[[nodiscard]] std::string sign_jwt(const json::Value& claims, const JwtKey& key);
// The claims: an object with `exp`, inside every rule.
[[nodiscard]] Result<json::Value> verify_jwt(std::string_view token, const JwtKeySet& keys,
                                             const JwtRules& rules, WallTime now);
// The `kid` of a token nobody has verified: only to decide whether to fetch keys.
[[nodiscard]] std::optional<std::string> unverified_key_id(std::string_view token);

}  // namespace antiphon

// Makes the access tokens of sessions and verifies them.
//
// Output  claims as Supabase Auth has them: sub, aud, exp, iat, iss, email, phone, app_metadata,
//         user_metadata, role, aal, amr, session_id, is_anonymous.
// Limits  verified tokens are remembered, at most kRememberedMax; whether their session lives is
//         asked again every TokenVerifier::kRevocationDelay.
// Errors  ports/token_verifier.h.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "crypto/jwt.h"
#include "ports/auth_store.h"
#include "ports/token_verifier.h"

#include <array>
#include <string>
#include <unordered_map>

namespace antiphon {

struct AccessToken {
  std::string text;
  WallTime expires{};
};

// Reads what the rest of the server needs out of verified claims: unauthenticated when the subject
// is no UUID.
[[nodiscard]] Result<VerifiedUser> user_of_claims(const json::Value& claims);

class AccessTokens final : public TokenVerifier {
 public:
  static constexpr std::size_t kRememberedMax = 20'000;

  AccessTokens(JwtKeySet keys, std::string issuer, std::chrono::seconds lifetime,
               AuthStore& sessions, Clock& clock);

  [[nodiscard]] AccessToken issue(Uuid session_id, const AuthSession& session) const;
  Task<Result<VerifiedUser>> verify(std::string token) override;
  // The signature and the claims alone: /auth/v1 asks for the session itself.
  [[nodiscard]] Result<VerifiedUser> check(std::string_view token) const;
  // Sessions that ended here are refused at once.
  void forget(Uuid session);
  // Others sign and verify from now on: what was signed by a key that is not among them is refused.
  void use_keys(JwtKeySet keys);
  [[nodiscard]] const JwtKeySet& keys() const { return keys_; }
  [[nodiscard]] std::chrono::seconds lifetime() const { return lifetime_; }

 private:
  struct Remembered {
    VerifiedUser user;
    Timepoint asked;
  };
  using Digest = std::string;  // SHA-256 of the token

  JwtKeySet keys_;
  JwtRules rules_;
  std::chrono::seconds lifetime_;
  AuthStore& sessions_;
  Clock& clock_;
  std::unordered_map<Digest, Remembered> remembered_;
};

}  // namespace antiphon

// Verifies the access tokens of a Supabase project: with its secret, or with the keys it publishes.
//
// Limits  keys are fetched at the first token, again when a token names a key that is not known,
//         and then at most once in kFetchInterval: nobody can make us hammer the project. Keys that
//         were fetched stay believed while the project is away.
// Errors  ports/token_verifier.h. A session that ended there is believed until its token expires:
//         the project tells nobody else.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "crypto/jwt.h"
#include "ports/token_verifier.h"

#include <functional>
#include <optional>
#include <string>

namespace antiphon {

class ForeignTokens final : public TokenVerifier {
 public:
  static constexpr std::chrono::seconds kFetchInterval{60};
  using Fetch = std::function<Task<Result<std::string>>()>;  // the JWKS document

  // `own` is never fetched again: the secret, when one was given.
  ForeignTokens(JwtKeySet own, std::string issuer, Fetch fetch, Clock& clock)
      : own_(std::move(own)),
        rules_{.issuer = std::move(issuer)},
        fetch_(std::move(fetch)),
        clock_(clock) {}

  Task<Result<VerifiedUser>> verify(std::string token) override;

 private:
  Task<Result<>> refresh();
  [[nodiscard]] bool knows_key_of(const std::string& token) const;

  JwtKeySet own_;
  JwtKeySet fetched_;
  JwtRules rules_;
  Fetch fetch_;
  Clock& clock_;
  std::optional<Timepoint> tried_;
};

}  // namespace antiphon

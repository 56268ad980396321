#include "service/auth/foreign_tokens.h"

#include "service/auth/access_tokens.h"

namespace antiphon {

bool ForeignTokens::knows_key_of(const std::string& token) const {
  const auto id = unverified_key_id(token);
  return id && fetched_.has_id(*id);
}

Task<Result<>> ForeignTokens::refresh() {
  if (tried_ && clock_.now() < *tried_ + kFetchInterval) co_return Result<>{};
  tried_ = clock_.now();
  const auto document = co_await fetch_();
  if (!document) co_return std::unexpected(document.error());
  auto keys = JwtKeySet::from_jwks(*document);
  if (!keys) co_return failure(ErrorCode::unavailable, "the Supabase project published no keys");
  // A JWKS is public: a secret in it would be everybody's.
  JwtKeySet published;
  for (const JwtKey& key : keys->keys()) {
    if (key.algorithm() == JwtAlgorithm::hs256) continue;
    if (auto added = published.add(key); !added) co_return added;
  }
  fetched_ = std::move(published);
  co_return Result<>{};
}

Task<Result<VerifiedUser>> ForeignTokens::verify(std::string token) {
  if (token.size() <= kJwtSizeMax && fetch_ && !knows_key_of(token)) {
    auto claims = verify_jwt(token, own_, rules_, clock_.wall());
    if (claims) co_return user_of_claims(*claims);
    auto fetched = co_await refresh();
    if (!fetched && fetched_.keys().empty() && own_.keys().empty()) {
      co_return failure(ErrorCode::unavailable,
                        "the keys of the Supabase project cannot be fetched just now");
    }
  }
  const JwtKeySet& keys = knows_key_of(token) ? fetched_ : own_;
  const auto claims = verify_jwt(token, keys, rules_, clock_.wall());
  if (!claims) co_return std::unexpected(claims.error());
  co_return user_of_claims(*claims);
}

}  // namespace antiphon

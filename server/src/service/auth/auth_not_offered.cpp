// What Supabase Auth can and we do not: other providers, SAML, wallets. Their answers are those of
// a server where they are switched off.
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon {

Task<AuthResult<AuthAnswer>> AuthService::authorize(AuthCall call) {
  const std::string provider = call.parameter("provider");
  if (provider != "email" && provider != "phone" &&
      std::ranges::find(kProviders, provider) != kProviders.end()) {
    co_return fault(400, "validation_failed", "Unsupported provider: provider is not enabled");
  }
  co_return fault(
      400, "validation_failed",
      fmt::format("Unsupported provider: Provider {} could not be found", provider.substr(0, 40)));
}

Task<AuthResult<AuthAnswer>> AuthService::single_sign_on(AuthCall) {
  co_return fault(404, "saml_provider_disabled", "SAML 2.0 is disabled");
}

AuthFault AuthService::refuse_grant(const std::string& grant, const AuthCall& call) {
  if (grant == "web3") return {422, "web3_provider_disabled", "Web3 provider is disabled"};
  if (grant == "id_token") {
    const std::string provider = call.text("provider");
    const std::string_view issuer = provider == "google"  ? "https://accounts.google.com"
                                    : provider == "apple" ? "https://appleid.apple.com"
                                                          : "";
    return {400, "provider_disabled",
            fmt::format("Provider (issuer \"{}\") is not enabled", issuer)};
  }
  return {400, "invalid_credentials", "unsupported_grant_type"};
}

}  // namespace antiphon

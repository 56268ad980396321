// What is on offer, and what Supabase Auth can and we do not: other providers, SAML, wallets. Their
// answers are those of a server where they are switched off.
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

// What Supabase Auth could be told to offer; "email" alone is on here.
constexpr std::array<std::string_view, 26> kProviders{
    "anonymous_users", "apple",         "azure",  "bitbucket", "discord", "facebook",   "snapchat",
    "figma",           "fly",           "github", "gitlab",    "google",  "keycloak",   "kakao",
    "linkedin",        "linkedin_oidc", "notion", "spotify",   "slack",   "slack_oidc", "workos",
    "twitch",          "twitter",       "email",  "phone",     "zoom"};

}  // namespace

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

AuthAnswer AuthService::settings() const {
  json::Object external;
  for (const std::string_view provider : kProviders)
    external.push_back({std::string(provider), provider == "email"});
  return {.body = json::Object{{"external", std::move(external)},
                               {"disable_signup", !config_.signup},
                               {"mailer_autoconfirm", config_.autoconfirm},
                               {"phone_autoconfirm", false},
                               {"sms_provider", ""},
                               {"saml_enabled", false},
                               {"saml_private_key_next_configured", false},
                               {"passkeys_enabled", false}}};
}

}  // namespace antiphon

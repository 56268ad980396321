// What checking an access token costs: once per request, or once per second and token where the
// answer is remembered.
#include "crypto/jwt.h"

#include "core/check.h"
#include "testing/manual_clock.h"

#include <benchmark/benchmark.h>

namespace antiphon {
namespace {

JwtKey key_for(std::int64_t algorithm) {
  switch (algorithm) {
    case 0:
      return *JwtKey::from_secret("a-secret-of-the-bench-with-32-bytes-and-more");
    case 1:
      return JwtKey::generate(JwtAlgorithm::es256);
    default:
      return JwtKey::generate(JwtAlgorithm::rs256);
  }
}

// The claims that AccessTokens writes, 600 bytes of them.
json::Value claims(WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return json::Object{
      {"iss", "https://voice.example/auth/v1"},
      {"sub", "11111111-2222-4333-8444-555555555555"},
      {"aud", "authenticated"},
      {"exp", static_cast<std::int64_t>(seconds + 3'600)},
      {"iat", static_cast<std::int64_t>(seconds)},
      {"email", "ada@example.test"},
      {"app_metadata", json::Object{{"provider", "email"}, {"providers", json::Array{"email"}}}},
      {"user_metadata", json::Object{{"full_name", "Ada"}, {"email_verified", true}}},
      {"role", "authenticated"},
      {"aal", "aal1"},
      {"session_id", "11111111-2222-4333-8444-555555555556"}};
}

void verify_a_token(benchmark::State& state) {
  const ManualClock clock;
  JwtKeySet keys;
  const JwtKey key = key_for(state.range(0));
  CHECK(keys.add(key), "there is room for one");
  state.SetLabel(std::string(name_of(key.algorithm())));
  const std::string token = sign_jwt(claims(clock.wall()), key);
  const JwtRules rules{.issuer = "https://voice.example/auth/v1"};
  for (auto _ : state) {
    auto verified = verify_jwt(token, keys, rules, clock.wall());
    CHECK(verified, "the token is good");
    benchmark::DoNotOptimize(verified);
  }
}
BENCHMARK(verify_a_token)->Arg(0)->Arg(1)->Arg(2);

}  // namespace
}  // namespace antiphon

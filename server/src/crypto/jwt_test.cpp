#include "crypto/jwt.h"

#include "core/base64.h"
#include "testing/manual_clock.h"

#include <gtest/gtest.h>

#include <span>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSecret = "a-secret-of-the-tests-with-32-bytes-and-more";

std::int64_t seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

struct JwtTest : testing::Test {
  ManualClock clock;

  JwtKeySet keys_with(JwtKey key) {
    JwtKeySet keys;
    EXPECT_TRUE(keys.add(std::move(key)));
    return keys;
  }
  JwtKeySet secret_keys() { return keys_with(*JwtKey::from_secret(kSecret)); }
  json::Value claims(std::chrono::seconds lifetime = 1h) {
    return json::Object{{"sub", "11111111-2222-4333-8444-555555555555"},
                        {"aud", "authenticated"},
                        {"iss", "https://voice.example/auth/v1"},
                        {"iat", seconds_of(clock.wall())},
                        {"exp", seconds_of(clock.wall() + lifetime)}};
  }
  // "accepted", or the words between "the access token " and ";".
  std::string verdict(std::string_view token, const JwtKeySet& keys, const JwtRules& rules = {}) {
    const auto verified = verify_jwt(token, keys, rules, clock.wall());
    if (verified) return "accepted";
    EXPECT_EQ(verified.error().code, ErrorCode::unauthenticated);
    constexpr std::size_t kBefore = std::string_view("the access token ").size();
    return verified.error().message.substr(kBefore, verified.error().message.find(';') - kBefore);
  }
};

std::string encode(std::string_view text) {
  return base64url_encode(std::as_bytes(std::span(text)));
}

std::string with_secret(std::string_view header, std::string_view payload) {
  const std::string input = encode(header) + '.' + encode(payload);
  return input + '.' + encode(JwtKey::from_secret(kSecret)->sign(input));
}

TEST_F(JwtTest, VerifiesTheHmacExampleOfTheRfc) {
  const auto bytes = base64url_decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const auto key =
      JwtKey::from_secret({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  const auto signature = base64url_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_TRUE(
      key->verify("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1"
                  "9yb290Ijp0cnVlfQ",
                  {reinterpret_cast<const char*>(signature->data()), signature->size()}));
}

TEST_F(JwtTest, VerifiesTheEllipticCurveExampleOfTheRfc) {
  const auto jwk = json::parse(R"({"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  const auto key = JwtKey::from_jwk(*jwk);
  ASSERT_TRUE(key);
  const auto signature = base64url_decode(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(
      key->verify("eyJhbGciOiJFUzI1NiJ9."
                  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1"
                  "9yb290Ijp0cnVlfQ",
                  {reinterpret_cast<const char*>(signature->data()), signature->size()}));
}

TEST_F(JwtTest, SignsAndVerifiesWithEveryAlgorithm) {
  for (const JwtAlgorithm algorithm : {JwtAlgorithm::rs256, JwtAlgorithm::es256}) {
    const JwtKey key = JwtKey::generate(algorithm);
    const std::string token = sign_jwt(claims(), key);
    EXPECT_EQ(verdict(token, keys_with(key)), "accepted");
    // What is published verifies, and so does what was written to a file.
    const auto published = JwtKeySet::from_jwks(keys_with(key).public_jwks());
    ASSERT_TRUE(published);
    EXPECT_EQ(verdict(token, *published), "accepted");
    EXPECT_EQ(published->signing_key(), nullptr);
    const auto read = JwtKey::from_pem(key.private_pem());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id(), key.id());
    EXPECT_EQ(verdict(sign_jwt(claims(), *read), *published), "accepted");
    EXPECT_EQ(verdict(token, keys_with(JwtKey::generate(algorithm))), "has a wrong signature");
  }
  EXPECT_EQ(verdict(sign_jwt(claims(), *JwtKey::from_secret(kSecret)), secret_keys()), "accepted");
}

TEST_F(JwtTest, RefusesATokenWithoutAnAlgorithm) {
  const std::string payload = json::write(claims());
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":""})", R"({"typ":"JWT"})",
        R"({"alg":null})", R"({"alg":"HS512"})", R"({"alg":["HS256"]})"}) {
    EXPECT_EQ(verdict(encode(header) + '.' + encode(payload) + '.', secret_keys()),
              "has a wrong signature")
        << header;
    EXPECT_EQ(verdict(with_secret(header, payload), secret_keys()), "has a wrong signature")
        << header;
  }
}

TEST_F(JwtTest, NeverUsesAPublicKeyAsASecret) {
  const JwtKey pair = JwtKey::generate(JwtAlgorithm::rs256);
  const std::string published = json::write(pair.public_jwk());
  const auto forger = JwtKey::from_secret(published, pair.id());
  EXPECT_EQ(verdict(sign_jwt(claims(), *forger), keys_with(pair)), "has a wrong signature");
}

TEST_F(JwtTest, UsesOnlyTheKeyThatTheTokenNames) {
  const auto named = JwtKey::from_secret(kSecret, "this");
  const auto other = JwtKey::from_secret(kSecret, "other");
  EXPECT_EQ(verdict(sign_jwt(claims(), *other), keys_with(*named)), "has a wrong signature");
  EXPECT_EQ(verdict(sign_jwt(claims(), *other), secret_keys()), "accepted");
  EXPECT_EQ(unverified_key_id(sign_jwt(claims(), *other)), "other");
  EXPECT_EQ(unverified_key_id("nonsense"), std::nullopt);
}

TEST_F(JwtTest, RefusesATokenThatWasChanged) {
  const std::string token = sign_jwt(claims(), *JwtKey::from_secret(kSecret));
  for (std::size_t index = 0; index < token.size(); ++index) {
    std::string changed = token;
    changed[index] = changed[index] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_jwt(changed, secret_keys(), {}, clock.wall())) << index;
  }
}

TEST_F(JwtTest, RefusesWhatIsNoToken) {
  const std::string header = R"({"alg":"HS256"})";
  for (const std::string_view text : {"", ".", "..", "a.b", "a.b.c.d", "e30.e30.====", "e30"}) {
    EXPECT_EQ(verdict(text, secret_keys()), "is malformed") << text;
  }
  EXPECT_EQ(verdict(with_secret(header, "[]"), secret_keys()), "is malformed");
  EXPECT_EQ(verdict(with_secret(header, R"({"exp":"tomorrow"})"), secret_keys()), "is malformed");
  EXPECT_EQ(verdict(with_secret(header, "{}"), secret_keys()), "is malformed");
  EXPECT_EQ(
      verdict(with_secret(R"({"alg":"HS256","crit":["b64"],"b64":false})", "{}"), secret_keys()),
      "has a wrong signature");
}

TEST_F(JwtTest, RefusesAClaimThatIsThereTwice) {
  EXPECT_EQ(verdict(with_secret(R"({"alg":"HS256"})",
                                R"({"aud":"authenticated","exp":9999999999,"sub":"a","sub":"b"})"),
                    secret_keys()),
            "is malformed");
  EXPECT_EQ(verdict(with_secret(R"({"alg":"none","alg":"HS256"})",
                                R"({"aud":"authenticated","exp":9999999999})"),
                    secret_keys()),
            "is malformed");
}

TEST_F(JwtTest, RefusesAnOversizedToken) {
  json::Value large = claims();
  large.if_object()->push_back({"fill", std::string(kJwtSizeMax, 'x')});
  EXPECT_EQ(verdict(sign_jwt(large, *JwtKey::from_secret(kSecret)), secret_keys()), "is malformed");
}

TEST_F(JwtTest, HoldsTheTimesWithALeewayOfTenSeconds) {
  const std::string token = sign_jwt(claims(60s), *JwtKey::from_secret(kSecret));
  clock.advance(69s);
  EXPECT_EQ(verdict(token, secret_keys()), "accepted");
  clock.advance(1s);
  EXPECT_EQ(verdict(token, secret_keys()), "has expired");
  json::Value early = claims();
  early.if_object()->push_back({"nbf", seconds_of(clock.wall() + 11s)});
  const std::string later = sign_jwt(early, *JwtKey::from_secret(kSecret));
  EXPECT_EQ(verdict(later, secret_keys()), "is not yet valid");
  clock.advance(1s);
  EXPECT_EQ(verdict(later, secret_keys()), "accepted");
}

TEST_F(JwtTest, HoldsAudienceAndIssuer) {
  const std::string token = sign_jwt(claims(), *JwtKey::from_secret(kSecret));
  EXPECT_EQ(verdict(token, secret_keys(), {.audience = "other"}), "is for another audience");
  EXPECT_EQ(verdict(token, secret_keys(), {.issuer = "https://elsewhere.example"}),
            "is from another issuer");
  EXPECT_EQ(verdict(token, secret_keys(), {.issuer = "https://voice.example/auth/v1"}), "accepted");
  json::Value several = claims();
  *several.find("aud") = json::Array{"other", "authenticated"};
  EXPECT_EQ(verdict(sign_jwt(several, *JwtKey::from_secret(kSecret)), secret_keys()), "accepted");
}

TEST_F(JwtTest, RefusesKeysThatAreWeakOrOfAnotherKind) {
  EXPECT_FALSE(JwtKey::from_secret("short"));
  EXPECT_FALSE(JwtKey::from_pem("-----BEGIN NONSENSE-----"));
  for (const std::string_view text :
       {R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})",
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})",
        R"({"kty":"RSA","n":"w7Zdfmece8iaB0kiTY8pCtiBtzbptJmP28nSWwtd","e":"AQAB"})",
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
        R"({"kty":"oct","k":"c2hvcnQ"})", "[]", "null"}) {
    EXPECT_FALSE(JwtKey::from_jwk(*json::parse(text))) << text;
  }
}

TEST_F(JwtTest, LeavesOutPublishedKeysItCannotUse) {
  const JwtKey pair = JwtKey::generate(JwtAlgorithm::es256);
  const std::string good = json::write(pair.public_jwk());
  const auto keys = JwtKeySet::from_jwks(R"({"keys":[{"kty":"OKP"},)" + good + "]}");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys().size(), 1U);
  EXPECT_TRUE(keys->has_id(pair.id()));
  EXPECT_FALSE(JwtKeySet::from_jwks("[]"));
}

}  // namespace
}  // namespace antiphon

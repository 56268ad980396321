// Verifying a token and reading keys: anything may come in. Behind the signature too: the input as
// a payload that somebody with the secret signed.
#include "crypto/jwt.h"

#include "core/base64.h"
#include "core/check.h"
#include "testing/manual_clock.h"

#include <cstdint>
#include <span>
#include <string>

using namespace antiphon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ManualClock clock;
  static const JwtKey secret = *JwtKey::from_secret("0123456789abcdef0123456789abcdef");
  static const JwtKeySet keys = [] {
    JwtKeySet set;
    CHECK(set.add(secret), "there is room for one");
    return set;
  }();
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(verify_jwt(text, keys, {}, clock.wall()));
  static_cast<void>(unverified_key_id(text));
  static_cast<void>(JwtKeySet::from_jwks(text));

  const auto encode = [](std::string_view part) {
    return base64url_encode(std::as_bytes(std::span(part)));
  };
  const std::string input = encode(R"({"alg":"HS256"})") + '.' + encode(text);
  const std::string token = input + '.' + encode(secret.sign(input));
  const auto claims = verify_jwt(token, keys, {}, clock.wall());
  if (claims) {
    CHECK(claims->if_object() != nullptr, "claims are an object");
    CHECK(claims->find("exp") != nullptr, "every accepted token ends");
  }
  return 0;
}

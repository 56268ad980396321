#include "crypto/hmac_sha1.h"

#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <string_view>

namespace antiphon {
namespace {

TEST(HmacSha1, AgreesWithTheStandard) {
  // RFC 2202 section 3, cases 2 and 6 (a key longer than a block).
  const std::string_view key = "Jefe";
  const std::string_view message = "what do ya want for nothing?";
  EXPECT_EQ(to_hex(hmac_sha1(std::as_bytes(std::span(key)), std::as_bytes(std::span(message)))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  const std::string long_key(80, '\xaa');
  const std::string_view long_message = "Test Using Larger Than Block-Size Key - Hash Key First";
  EXPECT_EQ(
      to_hex(hmac_sha1(std::as_bytes(std::span(long_key)), std::as_bytes(std::span(long_message)))),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

}  // namespace
}  // namespace antiphon

#include "crypto/totp.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// "12345678901234567890" of RFC 6238 appendix B, whose 8 digits end in these 6.
constexpr std::string_view kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

WallTime at(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

TEST(Totp, AgreesWithTheExamplesOfTheRfc) {
  EXPECT_EQ(totp_code(kSecret, at(59)), "287082");
  EXPECT_EQ(totp_code(kSecret, at(1'111'111'109)), "081804");
  EXPECT_EQ(totp_code(kSecret, at(1'234'567'890)), "005924");
  EXPECT_EQ(totp_code(kSecret, at(2'000'000'000)), "279037");
}

TEST(Totp, AllowsOneStepOfDifferenceBetweenTwoClocks) {
  EXPECT_TRUE(is_totp_code(kSecret, "287082", at(59)));
  EXPECT_TRUE(is_totp_code(kSecret, "287082", at(89)));
  EXPECT_TRUE(is_totp_code(kSecret, "287082", at(29)));
  EXPECT_FALSE(is_totp_code(kSecret, "287082", at(90)));
  EXPECT_FALSE(is_totp_code(kSecret, "28708", at(59)));
  EXPECT_FALSE(is_totp_code("not base32!", "287082", at(59)));
  EXPECT_FALSE(is_totp_code("", "287082", at(59)));
}

TEST(Totp, MakesSecretsThatAnAppCanScan) {
  SeededRandom random(Seed{3});
  const std::string secret = make_totp_secret(random);
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(base32_encode(*base32_decode(secret)), secret);
  EXPECT_EQ(totp_uri("voice.example", "ada@example.test", "ABC"),
            "otpauth://totp/voice.example:ada%40example.test?algorithm=SHA1&digits=6&issuer="
            "voice.example&period=30&secret=ABC");
}

}  // namespace
}  // namespace antiphon

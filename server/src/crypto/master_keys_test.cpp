#include "crypto/master_keys.h"

#include "core/base64.h"

#include <gtest/gtest.h>

#include <span>

namespace antiphon {
namespace {

std::string refusal_of(std::string_view text) {
  const auto keys = MasterKeys::parse(text, "ANTIPHON_MASTER_KEY");
  if (keys) return "accepted";
  EXPECT_EQ(keys.error().code, ErrorCode::invalid_argument);
  return keys.error().message;
}

std::string encoded(std::string_view bytes) {
  return base64url_encode(std::as_bytes(std::span(bytes)));
}

TEST(MasterKeys, ReadsOneOrMoreAndPrintsThem) {
  SeededRandom random{Seed{5}};
  MasterKeys keys(SecretKey::make_random(random));
  const KeyId old = key_id_of(keys.current());
  keys.put_in_front(SecretKey::make_random(random));
  const auto again = MasterKeys::parse(keys.to_text(), "file");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->current() == keys.current());
  ASSERT_NE(again->find(old), nullptr);
  EXPECT_EQ(to_text(old).size(), 16u);
  keys.drop(old);
  EXPECT_EQ(keys.find(old), nullptr);
  EXPECT_EQ(keys.all().size(), 1u);
}

TEST(MasterKeys, ReadsHexadecimalDigitsAndCommas) {
  const auto keys = MasterKeys::parse(
      "8f1c2a9b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829aabbccddee1,"
      "1f1c2a9b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829aabbccddee1\n",
      "file");
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->all().size(), 2u);
}

TEST(MasterKeys, RefusesWeakAndPublishedKeysWithExactWords) {
  const std::string weak =
      "ANTIPHON_MASTER_KEY is weak: a key of zeros, of few different bytes, or one that counts; "
      "make one with: antiphon keys make";
  EXPECT_EQ(refusal_of(std::string(43, 'A')), weak);
  EXPECT_EQ(refusal_of(std::string(64, '0')), weak);
  EXPECT_EQ(refusal_of(encoded(std::string(32, 'k'))), weak);
  EXPECT_EQ(refusal_of(encoded("abababababababababababababababab")), weak);
  EXPECT_EQ(refusal_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), weak);
  EXPECT_EQ(refusal_of("q9Jm3v0ZrT1xW7cK5yB8nE2fH6sL4dPgAuVoXiRtMwY"),
            "ANTIPHON_MASTER_KEY is published in a manual; make one with: antiphon keys make");
  EXPECT_EQ(refusal_of(" \n"), "ANTIPHON_MASTER_KEY is empty; make one with: antiphon keys make");
  const std::string short_key =
      "ANTIPHON_MASTER_KEY is not 32 bytes as 43 characters of base64url or 64 hexadecimal "
      "digits; make one with: antiphon keys make";
  EXPECT_EQ(refusal_of("secret"), short_key);
  EXPECT_EQ(refusal_of(encoded("0123456789abcdefghijklmnopqrstu")), short_key);
  EXPECT_EQ(refusal_of(encoded("0123456789abcdefghijklmnopqrstuvw")), short_key);
}

TEST(MasterKeys, RefusesTheSameKeyTwice) {
  SeededRandom random{Seed{6}};
  const std::string text = MasterKeys(SecretKey::make_random(random)).to_text();
  EXPECT_EQ(refusal_of(text + text), "ANTIPHON_MASTER_KEY holds the same key twice");
}

TEST(CheckSecret, RefusesWhatIsShortWeakOrPublished) {
  const auto refusal = [](std::string_view secret) {
    const auto checked = check_secret("JWT_SECRET", secret, 32);
    return checked ? std::string("accepted") : checked.error().message;
  };
  EXPECT_EQ(refusal("super-secret-jwt-token-with-at-least-32-characters-long"),
            "JWT_SECRET is published in a manual; make one with: openssl rand -base64 48");
  EXPECT_EQ(refusal("short"),
            "JWT_SECRET has fewer than 32 bytes; make one with: openssl rand -base64 48");
  EXPECT_EQ(refusal(std::string(40, 'x')),
            "JWT_SECRET is weak: few different characters; make one with: openssl rand -base64 48");
  EXPECT_EQ(refusal("l4Wq0bMZ8tYc2vKx7RfJ5nUe9sHgA1dP3oTi6"), "accepted");
}

}  // namespace
}  // namespace antiphon

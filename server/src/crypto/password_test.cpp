#include "crypto/password.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(Password, HashesWithASaltOfItsOwn) {
  const std::string first = hash_password("correct horse battery");
  const std::string second = hash_password("correct horse battery");
  EXPECT_TRUE(first.starts_with("$2b$10$"));
  EXPECT_EQ(first.size(), 60U);
  EXPECT_NE(first, second);
  EXPECT_TRUE(is_password("correct horse battery", first));
  EXPECT_FALSE(is_password("correct horse batterz", first));
}

TEST(Password, VerifiesHashesThatOtherProgramsMade) {
  // Published examples of bcrypt implementations: cost 5 and the empty password.
  EXPECT_TRUE(is_password("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
  EXPECT_FALSE(is_password("U*V", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

TEST(Password, NeverMatchesAHashThatIsNone) {
  for (const std::string_view hash : {"", "*0", "*", "plain", "$1$salt$hash", "$2b$10$tooshort"}) {
    EXPECT_FALSE(is_password("plain", hash)) << hash;
    EXPECT_FALSE(is_password("", hash)) << hash;
  }
}

TEST(Password, IsNotCutAtItsLimitOrAtANul) {
  const std::string longest(kPasswordMax, 'x');
  const std::string hash = hash_password(longest);
  EXPECT_TRUE(is_password(longest, hash));
  EXPECT_FALSE(is_password(longest + "y", hash));
  const std::string cut = hash_password("secret12");
  EXPECT_FALSE(is_password(std::string("secret12\0tail", 13), cut));
}

TEST(Password, KnowsTheOnesThatAreTriedFirst) {
  EXPECT_TRUE(is_common_password("Password123"));
  EXPECT_TRUE(is_common_password("12345678"));
  EXPECT_FALSE(is_common_password("Passw0rd!long"));
}

}  // namespace
}  // namespace antiphon

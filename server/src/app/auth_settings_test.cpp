#include "app/auth_settings.h"

#include "testing/run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace antiphon {
namespace {

namespace fs = std::filesystem;

struct AuthSettingsTest : testing::Test {
  TemporaryFolder folder;
  SystemRandom random;
  std::map<std::string, std::string, std::less<>> environment;

  Result<AuthSettings> read() {
    return read_auth_settings(
        folder.path(),
        [this](const char* name) -> std::optional<std::string> {
          const auto found = environment.find(name);
          if (found == environment.end()) return std::nullopt;
          return found->second;
        },
        random);
  }
};

TEST_F(AuthSettingsTest, MakesASecretOnceThatOnlyItsOwnerReads) {
  const auto first = read();
  ASSERT_TRUE(first);
  const auto second = read();
  ASSERT_TRUE(second);
  const std::string token = sign_jwt(json::Object{{"exp", 9'999'999'999}, {"aud", "authenticated"}},
                                     *first->keys.signing_key());
  EXPECT_TRUE(verify_jwt(token, second->keys, {}, WallTime{}));
  const fs::path file = folder.path() / "auth" / "jwt-secret";
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  const auto refused = read();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::permission_denied);
}

TEST_F(AuthSettingsTest, RefusesWeakAndPublishedSecrets) {
  for (const std::string& secret :
       {std::string("short"), std::string(64, 'a'),
        std::string("super-secret-jwt-token-with-at-least-32-characters-long"),
        std::string("your-super-secret-jwt-token-with-at-least-32-characters-long")}) {
    environment["ANTIPHON_JWT_SECRET"] = secret;
    const auto refused = read();
    ASSERT_FALSE(refused) << secret;
    EXPECT_TRUE(refused.error().message.contains("ANTIPHON_JWT_SECRET"));
    EXPECT_FALSE(refused.error().message.contains(secret)) << "a secret is in no message";
  }
  environment.clear();
  environment["SUPABASE_URL"] = "https://project.example";
  environment["SUPABASE_JWT_SECRET"] = "super-secret-jwt-token-with-at-least-32-characters-long";
  EXPECT_FALSE(read());
}

TEST_F(AuthSettingsTest, SignsWithTheNewestKeyAndVerifiesWithTheOlderOnes) {
  AuthKeyFiles files(folder.path());
  const auto old = files.make(JwtAlgorithm::es256);
  ASSERT_TRUE(old);
  const auto fresh = files.make(JwtAlgorithm::es256);
  ASSERT_TRUE(fresh);
  const auto settings = read();
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->keys.signing_key()->id(), fresh->key.id());
  EXPECT_TRUE(settings->keys.has_id(old->key.id()));
  ASSERT_TRUE(files.remove(old->key.id()));
  EXPECT_FALSE(read()->keys.has_id(old->key.id()));
  EXPECT_FALSE(files.remove("nobody"));
}

TEST_F(AuthSettingsTest, ReadsKeysAgainAndSeesThatAFileChanged) {
  const auto settings = read();
  ASSERT_TRUE(settings && settings->key_source);
  const std::string before = settings->key_source->state();
  EXPECT_EQ(settings->key_source->state(), before);
  const auto made = AuthKeyFiles(folder.path()).make(JwtAlgorithm::es256);
  ASSERT_TRUE(made);
  EXPECT_NE(settings->key_source->state(), before);
  const auto keys = settings->key_source->load();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->signing_key()->id(), made->key.id());
}

TEST_F(AuthSettingsTest, SignsWithTheFirstSecretOfTheFileAndBelievesAllOfThem) {
  ASSERT_TRUE(read());
  const fs::path file = folder.path() / "auth" / "jwt-secret";
  std::ifstream in(file);
  std::string old;
  std::getline(in, old);
  const std::string fresh = "a-fresh-secret-of-the-tests-with-32-bytes-and-more";
  std::ofstream(file) << fresh << '\n' << old << '\n';
  const auto settings = read();
  ASSERT_TRUE(settings) << settings.error().message;
  const json::Object claims{{"exp", 4'000'000'000}};
  const auto signed_by = [&](const std::string& secret) {
    return sign_jwt(claims, *JwtKey::from_secret(secret));
  };
  EXPECT_EQ(sign_jwt(claims, *settings->keys.signing_key()), signed_by(fresh));
  EXPECT_TRUE(verify_jwt(signed_by(old), settings->keys, {.audience = ""}, WallTime{}));
}

TEST_F(AuthSettingsTest, RefusesAKeyFileThatIsNone) {
  fs::create_directories(folder.path() / "auth" / "keys");
  const fs::path file = folder.path() / "auth" / "keys" / "000001-es256.pem";
  std::ofstream(file) << "nonsense";
  fs::permissions(file, fs::perms::owner_read);
  const auto refused = read();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
}

TEST_F(AuthSettingsTest, NamesTheSettingThatIsWrong) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"ANTIPHON_PUBLIC_URL", "voice.example"},
                                          {"ANTIPHON_AUTOCONFIRM", "maybe"},
                                          {"ANTIPHON_MAIL_FROM", "a@b\r\nBcc: c@d"},
                                          {"ANTIPHON_SMTP_URL", "mail.example"},
                                          {"SUPABASE_URL", "ftp://project.example"}}) {
    environment = {{name, value}};
    const auto refused = read();
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace antiphon

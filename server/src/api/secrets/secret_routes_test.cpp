#include "api/secrets/secret_routes.h"

#include "api/api_fixture_test.h"
#include "service/fake_secrets_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretRoutesTest : public ApiTest {
 protected:
  SecretRoutesTest() { add_secret_routes(router_, secrets_); }

  FakeWorkspaceKeys key_store_;
  FakeSecrets store_;
  KeyRing ring_{key_store_, clock_, random_, []() -> Result<std::optional<MasterKeys>> {
                  SeededRandom fixed{Seed{4}};
                  return MasterKeys(SecretKey::make_random(fixed));
                }};
  SecretService secrets_{store_, ring_, random_};
};

TEST_F(SecretRoutesTest, AValueGoesInAndNeverComesOut) {
  const auto made = ask_api("PUT", "/api/secrets/stripe",
                            R"({"kind":"tool_secret","value":"sk_live_abcdefgh1234"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("hint":"1234")"));
  const auto again =
      ask_api("PUT", "/api/secrets/stripe", R"({"kind":"tool_secret","value":"replaced"})");
  EXPECT_EQ(again.status, 200);
  EXPECT_THAT(again.body, Not(HasSubstr("hint")));
  for (const char* path : {"/api/secrets", "/api/secrets/stripe"}) {
    const auto read = ask_api("GET", path);
    EXPECT_EQ(read.status, 200);
    EXPECT_THAT(read.body, HasSubstr(R"("name":"stripe")"));
    EXPECT_THAT(read.body, Not(HasSubstr("replaced")));
    EXPECT_THAT(read.body, Not(HasSubstr("value")));
  }
}

TEST_F(SecretRoutesTest, RemovesASecret) {
  ASSERT_EQ(ask_api("PUT", "/api/secrets/a", R"({"kind":"sip_password","value":"x"})").status, 201);
  EXPECT_EQ(ask_api("DELETE", "/api/secrets/a").status, 204);
  EXPECT_EQ(ask_api("GET", "/api/secrets/a").status, 404);
  EXPECT_EQ(ask_api("DELETE", "/api/secrets/a").status, 404);
}

TEST_F(SecretRoutesTest, NamesEveryFieldThatIsWrong) {
  const auto kind = ask_api("PUT", "/api/secrets/a", R"({"kind":"password","value":""})");
  EXPECT_EQ(kind.status, 422);
  EXPECT_THAT(kind.body, HasSubstr("/kind"));
  EXPECT_THAT(kind.body, HasSubstr("/value"));
  for (const char* name : {"A", "-a", "a.b", "a%20b", "a%00b"}) {
    const auto answer = ask_api("PUT", std::string("/api/secrets/") + name,
                                R"({"kind":"tool_secret","value":"x"})");
    EXPECT_TRUE(answer.status == 422 || answer.status == 400) << name << answer.body;
  }
  EXPECT_TRUE(store_.secrets.empty());
}

TEST_F(SecretRoutesTest, OtherWorkspacesAndLesserRolesSeeNothing) {
  ASSERT_EQ(ask_api("PUT", "/api/secrets/a", R"({"kind":"tool_secret","value":"x"})").status, 201);
  EXPECT_EQ(ask_as("", "GET", "/api/secrets").status, 401);
  EXPECT_EQ(ask_as(keys_.add(random_, Role::operator_), "DELETE", "/api/secrets/a").status, 403);
}

}  // namespace
}  // namespace antiphon

#include "api/agents/version_routes.h"

#include "api/agents/agent_routes.h"
#include "api/api_fixture_test.h"
#include "service/fake_versions_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kAgent = "/api/agents/front-desk";

class VersionRoutesTest : public ApiTest {
 protected:
  VersionRoutesTest() {
    add_agent_routes(router_, agents_);
    add_version_routes(router_, versions_);
    EXPECT_EQ(ask_api("POST", "/api/agents",
                      R"({"name":"Front desk","configuration":{"greeting":"One"}})")
                  .status,
              201);
  }
  ApiAnswer ask(std::string_view method, std::string_view rest, std::string_view body = "",
                std::string_view headers = "") {
    return ask_api(method, std::string(kAgent) + std::string(rest), body, headers);
  }
  void edit(const std::string& greeting) {
    const std::string path = "/api/agents/" + agent_store_.agents.front().id.to_string();
    EXPECT_EQ(ask_api("PATCH", path, R"({"configuration":{"greeting":")" + greeting + R"("}})",
                      "Content-Type: application/merge-patch+json\r\n")
                  .status,
              200);
  }

  FakeVersions kept_{agent_store_};
  AgentService agents_{agent_store_, clock_, random_};
  VersionService versions_{{agents_, kept_, clock_, random_}};
};

TEST_F(VersionRoutesTest, PublishesListsReadsAndComparesVersions) {
  const ApiAnswer first = ask("POST", "/publish", R"({"note":"First."})");
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_THAT(first.head, AllOf(HasSubstr("ETag: \"2\"\r\n"), HasSubstr("/versions/1\r\n")));
  EXPECT_THAT(first.body, AllOf(HasSubstr(R"("number":1,"note":"First.")"),
                                HasSubstr(R"("changes":[])"), HasSubstr(R"("revision":2)")));
  edit("Two");
  EXPECT_THAT(ask("GET", "/diff").body,
              HasSubstr(R"({"pointer":"/greeting","before":"\"One\"","after":"\"Two\""})"));
  const ApiAnswer second = ask("POST", "/publish", "{}");
  EXPECT_EQ(second.status, 201) << second.body;
  EXPECT_THAT(second.body, HasSubstr(R"("pointer":"/greeting")"));
  EXPECT_THAT(ask("GET", "/versions").body,
              AllOf(HasSubstr(R"("published":true)"), HasSubstr(R"("published":false)"),
                    HasSubstr(R"("figures":{"conversations":0,"outcomes":[]})")));
  EXPECT_THAT(ask("GET", "/versions/1").body,
              AllOf(HasSubstr(R"("number":1)"), HasSubstr(R"("greeting":"One")")));
  EXPECT_THAT(ask("GET", "/diff?from=2&to=1").body, HasSubstr(R"("after":"\"One\"")"));
  const ApiAnswer back = ask("POST", "/rollback", R"({"version":1})");
  EXPECT_EQ(back.status, 201) << back.body;
  EXPECT_THAT(back.body, HasSubstr(R"("number":3,"note":"Rolled back to version 1.")"));
}

TEST_F(VersionRoutesTest, PublishesNothingThatChangedSinceItWasRead) {
  EXPECT_EQ(ask("POST", "/publish", "{}", "If-Match: \"7\"\r\n").status, 412);
  EXPECT_EQ(ask("POST", "/publish", "{}", "If-Match: \"1\"\r\n").status, 201);
}

TEST_F(VersionRoutesTest, RefusesWhatIsNoVersion) {
  EXPECT_EQ(ask("POST", "/publish", "{}").status, 201);
  for (const std::string_view path : {"/versions/2", "/versions/0", "/versions/one", "/versions/-1",
                                      "/versions/99999999999999999999"}) {
    EXPECT_EQ(ask("GET", path).status, 404) << path;
  }
  const ApiAnswer refused = ask("GET", "/diff?from=latest");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("must be published, draft or the number of a version"));
  EXPECT_EQ(ask("POST", "/rollback", R"({"version":0})").status, 422);
  EXPECT_EQ(ask("POST", "/rollback", R"({})").status, 422);
  EXPECT_EQ(ask("POST", "/rollback", R"({"version":5})").status, 404);
  EXPECT_EQ(ask("POST", "/publish", R"({"notes":"?"})").status, 422);
}

TEST_F(VersionRoutesTest, StartsShowsAndStopsACanary) {
  EXPECT_EQ(ask("POST", "/publish", "{}").status, 201);
  EXPECT_EQ(ask("PUT", "/canary", R"({"version":1,"percent":10})").status, 409);
  EXPECT_EQ(ask("POST", "/publish", "{}").status, 201);
  for (const std::string_view body :
       {R"({"version":1,"percent":0})", R"({"version":1})", R"({"version":1,"percent":100})"}) {
    EXPECT_EQ(ask("PUT", "/canary", body).status, 422) << body;
  }
  const ApiAnswer begun = ask("PUT", "/canary", R"({"version":1,"percent":10})");
  EXPECT_EQ(begun.status, 200) << begun.body;
  EXPECT_THAT(ask("GET", "/versions").body, HasSubstr(R"("published":false,"canary_percent":10)"));
  EXPECT_EQ(ask("DELETE", "/canary").status, 204);
  EXPECT_THAT(ask("GET", "/versions").body, Not(HasSubstr("canary_percent")));
}

TEST_F(VersionRoutesTest, LetsAnAnalystReadAndNotPublish) {
  const std::string analyst = keys_.add(random_, Role::analyst);
  EXPECT_EQ(ask_as(analyst, "GET", "/api/agents/front-desk/versions").status, 200);
  EXPECT_EQ(ask_as(analyst, "POST", "/api/agents/front-desk/publish").status, 403);
}

}  // namespace
}  // namespace antiphon

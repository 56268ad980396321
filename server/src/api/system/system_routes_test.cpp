#include "api/system/system_routes.h"

#include "api/api_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SystemRoutesTest : public ApiTest {
 protected:
  SystemRoutesTest() {
    add_system_routes(router_, metrics_, [this] { return parts_; });
  }

  std::vector<PartHealth> parts_{{"api", true, true, ""}, {"redis", true, false, ""}};
};

TEST_F(SystemRoutesTest, SaysWithoutAKeyThatTheProcessLives) {
  const ApiAnswer answer = ask_raw("GET", "/healthz", "", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(SystemRoutesTest, ListsItsPartsWhenItIsReady) {
  const ApiAnswer answer = ask_raw("GET", "/readyz", "", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"ready":true,"parts":[{"name":"api","state":"up"},{"name":"redis","state":"up"}]})");
}

TEST_F(SystemRoutesTest, IsNotReadyWhileARequiredPartIsDown) {
  parts_[0] = {"api", false, true, "it starts"};
  const ApiAnswer answer = ask_raw("GET", "/readyz", "", "");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, AllOf(HasSubstr(R"("ready":false)"),
                                 HasSubstr(R"({"name":"api","state":"down","detail":"it starts"})"),
                                 HasSubstr(R"({"name":"redis","state":"up"})")));
}

TEST_F(SystemRoutesTest, IsReadyWhileAnOptionalPartIsDown) {
  parts_[1] = {"redis", false, false, "limits count on this node alone"};
  const ApiAnswer answer = ask_raw("GET", "/readyz", "", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("state":"degraded")"));
}

TEST_F(SystemRoutesTest, SaysWhatIsWrongWithAPathOrMethodAlsoWhenABodyCame) {
  const ApiAnswer nowhere = ask_raw("POST", "/api/nothing", "", R"({"a":1})");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_THAT(nowhere.body, HasSubstr(R"("code":"not_found")"));
  const ApiAnswer wrong = ask_raw("TRACE", "/healthz", "", R"({"a":1})");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_THAT(wrong.head, HasSubstr("Allow: GET"));
  EXPECT_EQ(ask_raw("POST", "/api/nothing", "", std::string(70'000, 'a')).status, 413);
}

TEST_F(SystemRoutesTest, GivesAPathToTheRouteWithFewerPlaceholdersWhateverItsMethods) {
  const auto answer = [](Request, ResponseWriter& writer) -> Task<> {
    const auto sent = co_await writer.send(json_response(200, "{}"));
    static_cast<void>(sent);
  };
  router_.add(PageRoute{"/pages/{name}", answer, Upgrade::refused, Method::get});
  router_.add(PageRoute{"/pages/index", answer, Upgrade::refused, Method::post});
  EXPECT_EQ(ask_raw("GET", "/pages/other", "", "").status, 200);
  EXPECT_EQ(ask_raw("POST", "/pages/index", "", "").status, 200);
  const ApiAnswer wrong = ask_raw("GET", "/pages/index", "", "");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_THAT(wrong.head, HasSubstr("Allow: POST\r\n"));
}

TEST_F(SystemRoutesTest, ShowsItsMetrics) {
  ask_raw("GET", "/healthz", "", "");
  const ApiAnswer answer = ask_raw("GET", "/metrics", "", "");
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr("api_requests_total{"), HasSubstr(R"(operation="system.health")")));
}

TEST_F(SystemRoutesTest, DescribesEveryOperationInItsPages) {
  const ApiAnswer page = ask_raw("GET", "/docs", "", "");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.head, AllOf(HasSubstr("Content-Security-Policy: default-src 'none'"),
                               HasSubstr("Content-Type: text/html")));
  const ApiAnswer document = ask_raw("GET", "/openapi.json", "", "");
  for (const json::Operation& operation : router_.operations()) {
    EXPECT_THAT(page.body, HasSubstr("id=\"" + std::string(operation.id) + "\""));
    EXPECT_THAT(document.body, HasSubstr("\"" + std::string(operation.path) + "\""));
  }
  EXPECT_THAT(ask_raw("GET", "/docs/errors", "", "").body, HasSubstr("id=\"not_found\""));
  EXPECT_THAT(ask_raw("GET", "/docs/docs.css", "", "").head, HasSubstr("Content-Type: text/css"));
}

TEST_F(SystemRoutesTest, LoadsNothingFromElsewhereInItsPages) {
  const std::string page = ask_raw("GET", "/docs", "", "").body;
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("src=")),
                          Not(HasSubstr("style=")), Not(HasSubstr("href=\"http"))));
}

}  // namespace
}  // namespace antiphon

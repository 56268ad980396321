// The pages are built into the program: no path reaches the disk.
#include "app/asset_pages.h"

#include "api/api_fixture_test.h"
#include "app/assets.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AssetPagesTest : public ApiTest {
 protected:
  AssetPagesTest() { add_asset_pages(router_); }
};

TEST_F(AssetPagesTest, ServesEachAssetUnderAPolicyThatLetsNothingInFromOutside) {
  ASSERT_GT(assets().size(), 10u);
  for (const Asset& asset : assets()) {
    const auto answer = ask_raw("GET", asset.path, "", "");
    EXPECT_EQ(answer.status, 200) << asset.path;
    EXPECT_EQ(answer.body, asset.bytes) << asset.path;
    EXPECT_THAT(answer.head,
                AllOf(HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"),
                      HasSubstr("X-Content-Type-Options: nosniff\r\n"),
                      HasSubstr("X-Frame-Options: DENY\r\n"), Not(HasSubstr("unsafe-"))))
        << asset.path;
  }
}

TEST_F(AssetPagesTest, HasNoInlineScriptOrStyle) {
  for (const Asset& asset : assets()) {
    if (!asset.path.ends_with(".html")) continue;
    const std::string page(asset.bytes);
    for (std::size_t at = page.find("<script"); at != std::string::npos;
         at = page.find("<script", at + 1)) {
      EXPECT_THAT(page.substr(at, page.find('>', at) - at), HasSubstr("src=\"/")) << asset.path;
    }
    EXPECT_THAT(page, AllOf(Not(HasSubstr("<style")), Not(HasSubstr(" style=")),
                            Not(HasSubstr(" onclick=")), Not(HasSubstr("javascript:"))));
  }
}

TEST_F(AssetPagesTest, ReachesNothingElseByAnySpellingOfAPath) {
  for (const std::string_view path :
       {"/try/../../../../etc/passwd", "/try/%2e%2e/%2e%2e/etc/passwd", "/try/..%2f..%2fetc/passwd",
        "/try/....//etc/passwd", "//etc/passwd", "/try//etc/passwd", "/try/..\\..\\etc\\passwd",
        "/try/%00index.html", "/try/index.html%00.png", "/try/%c0%ae%c0%ae/x", "/try/.",
        "/try/index.html/", "/TRY/index.html", "/try/%252e%252e/x"}) {
    const auto answer = ask_raw("GET", path, "", "");
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << path << " " << answer.status;
    EXPECT_THAT(answer.body, Not(HasSubstr("root:"))) << path;
  }
}

TEST_F(AssetPagesTest, RefusesTraceAndConnect) {
  const auto trace = ask_raw("TRACE", "/try", "X-Secret: 42\r\n", "");
  EXPECT_EQ(trace.status, 405);
  EXPECT_THAT(trace.head, HasSubstr("Allow: GET"));
  EXPECT_THAT(trace.body, Not(HasSubstr("42")));
  EXPECT_EQ(ask_raw("CONNECT", "example.org:443", "", "").status, 400);
  EXPECT_EQ(ask_raw("CONNECT", "/try", "", "").status, 405);
}

}  // namespace
}  // namespace antiphon

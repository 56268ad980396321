// The studio's files are read once at the start: afterwards no path reaches the disk.
#include "app/studio_pages.h"

#include "api/api_fixture_test.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StudioPagesTest : public ApiTest {
 protected:
  StudioPagesTest() {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
  }
  ~StudioPagesTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / "dist" / name).parent_path());
    std::ofstream(folder_ / "dist" / name) << text;
  }
  void build() {
    write("index.html", "<!doctype html><p>studio");
    write("assets/app-1a2b.js", "plain();");
    write("assets/app-1a2b.js.br", "brotli");
    write("assets/app-1a2b.js.gz", "gzip");
    std::ofstream(folder_ / "secret.txt") << "beside the folder";
    serve();
  }
  void serve() {
    pages_ = std::make_unique<StudioPages>(folder_ / "dist");
    pages_->add_routes(router_);
  }
  ApiAnswer get(std::string_view path, const std::string& headers = "") {
    return ask_raw("GET", path, headers, "");
  }

  std::filesystem::path folder_;
  std::unique_ptr<StudioPages> pages_;
};

TEST_F(StudioPagesTest, AnswersItsPageAtEveryRouteOfTheStudio) {
  build();
  for (const std::string_view path : {"/", "/agents", "/agents/front-desk", "/conversations/7",
                                      "/live", "/settings/keys", "/signin", "/index.html"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, "<!doctype html><p>studio") << path;
    EXPECT_THAT(
        answer.head,
        AllOf(HasSubstr("Cache-Control: no-cache\r\n"), HasSubstr("Content-Type: text/html"),
              HasSubstr("Content-Security-Policy: default-src 'none'"), Not(HasSubstr("unsafe-"))))
        << path;
  }
}

TEST_F(StudioPagesTest, LetsHashedFilesBeKeptAndSendsThemCompressedAsAsked) {
  build();
  const std::string path = "/assets/app-1a2b.js";
  EXPECT_EQ(get(path).body, "plain();");
  EXPECT_THAT(get(path).head, AllOf(HasSubstr("Cache-Control: public, max-age=31536000, immutable"),
                                    HasSubstr("Vary: Accept-Encoding")));
  EXPECT_EQ(get(path, "Accept-Encoding: gzip, deflate, br\r\n").body, "brotli");
  EXPECT_EQ(get(path, "Accept-Encoding: gzip\r\n").body, "gzip");
  EXPECT_EQ(get(path, "Accept-Encoding: br;q=0, gzip;q=0.000\r\n").body, "plain();");
  EXPECT_EQ(get(path, "Accept-Encoding: br;q=0.5\r\n").body, "brotli");
  EXPECT_EQ(get(path, "Accept-Encoding: brown\r\n").body, "plain();");
}

TEST_F(StudioPagesTest, AnswersNotModifiedToWhoHasIt) {
  build();
  const std::string head = get("/").head;
  const std::size_t at = head.find("ETag: ") + 6;
  const std::string tag = head.substr(at, head.find("\r\n", at) - at);
  EXPECT_EQ(get("/", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(get("/", "If-None-Match: \"else\"\r\n").status, 200);
}

TEST_F(StudioPagesTest, ReachesNothingElseByAnySpellingOfAPath) {
  build();
  for (const std::string_view path :
       {"/secret.txt", "/../secret.txt", "/assets/../../secret.txt", "/assets/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt", "/assets", "/assets/app-1a2b.js.map", "/unknown",
        "/agents/a/b/c", "/settings/keys/x"}) {
    const auto answer = get(path);
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << path << " " << answer.status;
    EXPECT_THAT(answer.body, Not(HasSubstr("beside"))) << path;
  }
}

TEST_F(StudioPagesTest, SaysHowToBuildItWhereItIsNotBuilt) {
  serve();
  EXPECT_FALSE(pages_->is_built());
  const auto answer = get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("tools/build-studio"), HasSubstr("/try")));
}

TEST_F(StudioPagesTest, LooksForTheFolderBesideTheProgramAndInTheTreeItWasBuiltIn) {
  build();
  std::filesystem::create_directories(folder_ / "studio");
  std::filesystem::rename(folder_ / "dist", folder_ / "studio" / "dist");
  EXPECT_EQ(find_studio(folder_ / "build" / "release" / "antiphon"), folder_ / "studio" / "dist");
  std::filesystem::create_directories(folder_ / "build" / "release");
  std::filesystem::copy(folder_ / "studio" / "dist", folder_ / "build" / "release" / "studio",
                        std::filesystem::copy_options::recursive);
  EXPECT_EQ(find_studio(folder_ / "build" / "release" / "antiphon"),
            folder_ / "build" / "release" / "studio");
}

}  // namespace
}  // namespace antiphon

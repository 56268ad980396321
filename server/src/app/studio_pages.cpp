#include "app/studio_pages.h"

#include "app/asset_pages.h"

#include <array>
#include <string>
#include <string_view>

namespace antiphon {

namespace fs = std::filesystem;

namespace {

// Where the studio's own router goes on; STUDIO_ROUTES of studio/src/routes.ts is the same list.
constexpr std::array<std::string_view, 12> kRoutes{
    "/",         "/welcome",        "/signin", "/register",      "/recover",
    "/agents",   "/agents/{agent}", "/live",   "/conversations", "/conversations/{conversation}",
    "/settings", "/settings/{page}"};

constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kMissing =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Antiphon</title>\n"
    "<h1>The studio is not built</h1>\n"
    "<p>Build it with <code>tools/build-studio</code> and start the server again.</p>\n"
    "<p>The server itself works: <a href=\"/try\">talk to an agent</a>, "
    "<a href=\"/docs\">read the API</a>.</p>\n</html>\n";

}  // namespace

StudioPages::StudioPages(const fs::path& folder)
    : files_(folder, "",
             [](std::string_view) {
               return Headers{{"Content-Security-Policy", std::string(page_policy())}};
             }),
      is_built_(files_.has(kIndex)) {
  if (!is_built_) files_.hold(std::string(kIndex), std::string(kMissing));
}

void StudioPages::add_routes(Router& router) const {
  add_asset_pages(router);
  for (const std::string_view path : files_.paths()) {
    router.add(PageRoute{path, files_.handler(path)});
    if (path != kIndex) continue;
    for (const std::string_view route : kRoutes)
      router.add(PageRoute{route, files_.handler(path)});
  }
}

fs::path find_studio(const fs::path& program) {
  return find_built(program, "studio", "index.html");
}

}  // namespace antiphon

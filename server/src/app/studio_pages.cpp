#include "app/studio_pages.h"

#include "app/asset_pages.h"
#include "core/utf8.h"
#include "crypto/hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace antiphon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFileMax = std::size_t{4} << 20;
constexpr std::size_t kTotalMax = std::size_t{32} << 20;
constexpr std::size_t kFilesMax = 500;

// Where the studio's own router goes on; STUDIO_ROUTES of studio/src/routes.ts is the same list.
constexpr std::array<std::string_view, 12> kRoutes{
    "/",         "/welcome",        "/signin", "/register",      "/recover",
    "/agents",   "/agents/{agent}", "/live",   "/conversations", "/conversations/{conversation}",
    "/settings", "/settings/{page}"};

constexpr std::string_view kMissing =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Antiphon</title>\n"
    "<h1>The studio is not built</h1>\n"
    "<p>Build it with <code>tools/build-studio</code> and start the server again.</p>\n"
    "<p>The server itself works: <a href=\"/try\">talk to an agent</a>, "
    "<a href=\"/docs\">read the API</a>.</p>\n</html>\n";

std::string read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kFileMax) return {};
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// `gzip;q=0` refuses it; other weights say only what is liked better, and br is smaller.
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(','), header.size());
    std::string part = to_lower_ascii(header.substr(0, end));
    std::erase(part, ' ');
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t weight = std::min(part.find(';'), part.size());
    if (std::string_view(part).substr(0, weight) != coding) continue;
    const std::string_view given = std::string_view(part).substr(weight);
    return !given.starts_with(";q=0") || given.find_first_of("123456789", 4) != given.npos;
  }
  return false;
}

}  // namespace

struct StudioPages::File {
  std::string path;
  std::string plain;
  std::string brotli;
  std::string gzip;
  std::string tag;
  bool is_hashed = false;

  [[nodiscard]] Response answer(const Request& request) const {
    Response response;
    response.headers = {
        {"ETag", tag},
        {"Vary", "Accept-Encoding"},
        {"Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Content-Security-Policy", std::string(page_policy())}};
    if (request.headers.find("If-None-Match").value_or("") == tag) {
      response.status = 304;
      return response;
    }
    response.headers.set("Content-Type", std::string(media_type_of(path)));
    const std::string_view accepted = request.headers.find("Accept-Encoding").value_or("");
    if (!brotli.empty() && accepts(accepted, "br")) {
      response.headers.set("Content-Encoding", "br");
      response.body = brotli;
    } else if (!gzip.empty() && accepts(accepted, "gzip")) {
      response.headers.set("Content-Encoding", "gzip");
      response.body = gzip;
    } else {
      response.body = plain;
    }
    return response;
  }
};

StudioPages::StudioPages(const fs::path& folder) {
  std::error_code error;
  std::size_t total = 0;
  if (!folder.empty()) {
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
      const std::string name = at->path().lexically_relative(folder).generic_string();
      if (!at->is_regular_file(error) || name.ends_with(".br") || name.ends_with(".gz")) continue;
      auto file = std::make_unique<File>();
      file->path = '/' + name;
      file->plain = read_file(at->path());
      file->brotli = read_file(at->path().string() + ".br");
      file->gzip = read_file(at->path().string() + ".gz");
      file->tag = '"' + to_hex(sha256(file->plain)).substr(0, 32) + '"';
      file->is_hashed = name.starts_with("assets/");
      total += file->plain.size() + file->brotli.size() + file->gzip.size();
      if (total > kTotalMax || files_.size() == kFilesMax) break;
      files_.push_back(std::move(file));
    }
  }
  is_built_ = std::ranges::any_of(
      files_, [](const auto& file) { return file->path == "/index.html" && !file->plain.empty(); });
  if (is_built_) return;
  files_.clear();
  auto missing = std::make_unique<File>();
  missing->path = "/index.html";
  missing->plain = kMissing;
  missing->tag = '"' + to_hex(sha256(kMissing)).substr(0, 32) + '"';
  files_.push_back(std::move(missing));
}

StudioPages::~StudioPages() = default;

void StudioPages::add_routes(Router& router) const {
  add_asset_pages(router);
  for (const auto& owned : files_) {
    const File& file = *owned;
    const auto handler = [&file] {
      return respond_with(
          [&file](Request request) -> Task<Response> { co_return file.answer(request); });
    };
    router.add(PageRoute{file.path, handler()});
    if (file.path != "/index.html") continue;
    for (const std::string_view route : kRoutes)
      router.add(PageRoute{route, handler()});
  }
}

fs::path find_studio(const fs::path& program) {
  std::error_code error;
  const fs::path beside = program.parent_path();
  for (const fs::path& folder :
       {beside / "studio", beside / ".." / "share" / "antiphon" / "studio"}) {
    if (fs::exists(folder / "index.html", error)) return folder.lexically_normal();
  }
  for (fs::path folder = beside; folder != folder.parent_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "studio" / "dist" / "index.html", error)) {
      return folder / "studio" / "dist";
    }
  }
  return {};
}

}  // namespace antiphon

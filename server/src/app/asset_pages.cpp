#include "app/asset_pages.h"

#include "app/assets.h"
#include "crypto/hash.h"

#include <array>
#include <string>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' "
    "data:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action "
    "'none'; frame-ancestors "
    "'none'";

HttpHandler handler_of(const Asset& asset) {
  const std::string tag = '"' + to_hex(sha256(asset.bytes)).substr(0, 32) + '"';
  return respond_with([&asset, tag](Request request) -> Task<Response> {
    Response response;
    response.headers = {{"ETag", tag},
                        {"Cache-Control", "no-cache"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Content-Security-Policy", std::string(kPagePolicy)}};
    if (request.headers.find("If-None-Match").value_or("") == tag) {
      response.status = 304;
      co_return response;
    }
    response.headers.set("Content-Type", std::string(media_type_of(asset.path)));
    response.body = asset.bytes;
    co_return response;
  });
}

}  // namespace

std::string_view page_policy() { return kPagePolicy; }

std::string_view media_type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes{
      {{".html", "text/html; charset=utf-8"},
       {".json", "application/json"},
       {".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".woff2", "font/woff2"},
       {".png", "image/png"}}};
  for (const auto& [suffix, type] : kTypes) {
    if (path.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

void add_asset_pages(Router& router) {
  for (const Asset& asset : assets()) {
    router.add(PageRoute{asset.path, handler_of(asset)});
    constexpr std::string_view kIndex = "/index.html";
    if (asset.path.ends_with(kIndex)) {
      const std::string_view folder = asset.path.substr(0, asset.path.size() - kIndex.size());
      router.add(PageRoute{folder, handler_of(asset)});
    }
  }
}

}  // namespace antiphon

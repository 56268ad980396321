// Widgets of websites, as the server has them: their service, their files, and /demo.
//
// Thread  the API loop.
#pragma once

#include "api/widgets/widget_routes.h"
#include "app/built_files.h"
#include "app/server.h"
#include "app/server_limits.h"
#include "store/postgres/widgets.h"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace antiphon {

struct ServerWidget {
  struct Parts {
    store::Pool& pool;
    ConversationService& conversations;
    SecretVault& secrets;
    const ServerContext& context;
    LimitParts& limits;
    const ServerConfig& config;
  };
  explicit ServerWidget(const Parts& parts)
      : days(parts.limits.usage.service),
        is_capped(parts.config.limits_requests),
        store(parts.pool),
        service({store, parts.conversations, parts.secrets, parts.context.clock,
                 parts.context.random, parts.config.ticket_key}),
        limiter(parts.limits.windows()),
        files(own_folder(), "/widget", fields_of) {}

  void add_routes(Router& router) {
    for (const std::string_view path : files.paths())
      router.add(PageRoute{path, files.handler(path)});
    add_widget_routes(router, service, days);
    add_visitor_routes(router, service, is_capped ? &limiter : nullptr);
  }

  // Where there are none, the server serves none.
  static std::filesystem::path own_folder() {
    std::error_code error;
    return find_built(std::filesystem::read_symlink("/proc/self/exe", error), "widget", "v1.js");
  }
  // Every page may load them. A page checks a version's integrity, so that one never changes; v1 is
  // asked for again after five minutes.
  static Headers fields_of(std::string_view path) {
    Headers fields{{"Access-Control-Allow-Origin", "*"},
                   {"Cross-Origin-Resource-Policy", "cross-origin"},
                   {"Timing-Allow-Origin", "*"}};
    if (path == "/widget/v1.js") fields.set("Cache-Control", "public, max-age=300");
    return fields;
  }

  const UsageService& days;
  bool is_capped;
  store::PostgresWidgets store;
  WidgetService service;
  VisitorLimiter limiter;
  BuiltFiles files;
};

}  // namespace antiphon

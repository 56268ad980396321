// What is used, quotas and prices, as the server has them.
//
// Thread  the API loop.
#pragma once

#include "api/usage/usage_routes.h"
#include "service/usage_service.h"
#include "store/postgres/usage.h"

#include <utility>

namespace antiphon {

struct ServerUsage {
  ServerUsage(store::Pool& pool, Clock& clock) : store(pool), service(store, clock) {}
  // For ConversationService::Parts.
  [[nodiscard]] auto time_left() {
    return [this](Principal who) { return store.time_left(std::move(who)); };
  }
  void add_routes(Router& router) { add_usage_routes(router, service); }

  store::PostgresUsage store;
  UsageService service;
};

}  // namespace antiphon

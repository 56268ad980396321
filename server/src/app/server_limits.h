// The part of the server that limits: requests in windows, in Redis or of this process without it;
// usage by quotas, in PostgreSQL.
#pragma once

#include "app/server_usage.h"
#include "service/request_limiter.h"
#include "store/memory/rate_windows.h"
#include "store/redis/rate_windows.h"

#include <memory>

namespace antiphon {

struct LimitParts {
  // `redis` may be null.
  LimitParts(store::RedisClient* redis, Clock& clock, store::Pool& pool)
      : own(clock),
        shared(redis == nullptr ? nullptr
                                : std::make_unique<store::RedisRateWindows>(*redis, own, clock)),
        limiter(shared ? static_cast<RateWindows&>(*shared) : own),
        usage(pool, clock) {}

  [[nodiscard]] RateWindows& windows() { return shared ? static_cast<RateWindows&>(*shared) : own; }
  void add_to(Router& router, bool limits_requests) {
    if (limits_requests) router.use_limiter(limiter);
    usage.add_routes(router);
  }

  store::MemoryRateWindows own;
  std::unique_ptr<store::RedisRateWindows> shared;
  RequestLimiter limiter;
  ServerUsage usage;
};

}  // namespace antiphon

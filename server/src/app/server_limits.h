// The part of the server that limits requests: windows in Redis, or of this process without it.
#pragma once

#include "service/request_limiter.h"
#include "store/memory/rate_windows.h"
#include "store/redis/rate_windows.h"

#include <memory>

namespace antiphon {

struct LimitParts {
  // `redis` may be null.
  LimitParts(store::RedisClient* redis, const Clock& clock)
      : own(clock),
        shared(redis == nullptr ? nullptr
                                : std::make_unique<store::RedisRateWindows>(*redis, own, clock)),
        limiter(shared ? static_cast<RateWindows&>(*shared) : own) {}

  store::MemoryRateWindows own;
  std::unique_ptr<store::RedisRateWindows> shared;
  RequestLimiter limiter;
};

}  // namespace antiphon

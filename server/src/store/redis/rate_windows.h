// Sliding windows that all servers share, in Redis: one Lua call a request. While Redis is away,
// `fallback` counts for this process alone.
//
// Keys    antiphon:rate:<key>:<stretch>, gone after two windows.
// Limits  the time is the server's own: clocks that differ by a second move the windows by a
//         second.
// Thread  the client's executor.
#pragma once

#include "core/clock.h"
#include "ports/rate_windows.h"
#include "store/redis/client.h"

namespace antiphon::store {

class RedisRateWindows final : public RateWindows {
 public:
  RedisRateWindows(RedisClient& redis, RateWindows& fallback, const Clock& clock);

  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override;

 private:
  RedisClient& redis_;
  RateWindows& fallback_;
  const Clock& clock_;
  RedisScript take_;
};

}  // namespace antiphon::store

// Attempts in sliding windows that all servers share, in Redis. While Redis is away, `fallback`
// counts for this process alone.
//
// Keys    antiphon:attempts:<SHA-256 of rule and key>: Redis learns no name and no address. Gone
//         one window after the last attempt.
// Limits  the time is the server's own, as in rate_windows.h.
// Errors  those of the fallback.
// Thread  the client's executor.
#pragma once

#include "core/random.h"
#include "ports/attempt_limiter.h"
#include "store/redis/client.h"

namespace antiphon::store {

class RedisAttemptLimiter final : public AttemptLimiter {
 public:
  RedisAttemptLimiter(RedisClient& redis, AttemptLimiter& fallback, const Clock& clock,
                      Random& random);

  Task<Result<AttemptVerdict>> spend(AttemptRule rule, std::string key) override;
  Task<Result<>> refund(AttemptRule rule, std::string key) override;

 private:
  RedisClient& redis_;
  AttemptLimiter& fallback_;
  const Clock& clock_;
  Random& random_;
  RedisScript spend_;
  RedisScript refund_;
};

}  // namespace antiphon::store

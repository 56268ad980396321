#include "store/redis/attempt_limiter.h"

#include "crypto/hash.h"

#include <fmt/format.h>

namespace antiphon::store {

namespace {

// A sorted set of attempts by time. ARGV: now, limit and window in milliseconds, a name for this
// attempt that no other has. Answers 0 when it counts, else the milliseconds until one does.
constexpr const char* kSpend = R"lua(
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
if redis.call('ZCARD', KEYS[1]) >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, tonumber(oldest[2] or now) + window - now)
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0
)lua";

// The latest was no guess.
constexpr const char* kRefund = "return #redis.call('ZPOPMAX', KEYS[1])";

std::string place_of(const AttemptRule& rule, std::string_view key) {
  return "antiphon:attempts:" + to_hex(sha256(fmt::format("{}\n{}", rule.name, key)));
}

std::vector<std::string> one(std::string text) { return {std::move(text)}; }

}  // namespace

RedisAttemptLimiter::RedisAttemptLimiter(RedisClient& redis, AttemptLimiter& fallback,
                                         const Clock& clock, Random& random)
    : redis_(redis),
      fallback_(fallback),
      clock_(clock),
      random_(random),
      spend_{kSpend},
      refund_{kRefund} {}

Task<Result<AttemptVerdict>> RedisAttemptLimiter::spend(AttemptRule rule, std::string key) {
  if (!redis_.health().commands_up) co_return co_await fallback_.spend(rule, std::move(key));
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
  const std::chrono::milliseconds window = rule.window;
  std::vector<std::string> arguments{std::to_string(now.count()), std::to_string(rule.limit),
                                     std::to_string(window.count()),
                                     fmt::format("{}:{}", now.count(), random_.next())};
  const auto reply =
      co_await redis_.run_script(spend_, one(place_of(rule, key)), std::move(arguments));
  if (!reply) co_return co_await fallback_.spend(rule, std::move(key));
  if (reply->number <= 0) co_return AttemptVerdict{};
  co_return AttemptVerdict{
      false, std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(reply->number))};
}

Task<Result<>> RedisAttemptLimiter::refund(AttemptRule rule, std::string key) {
  if (!redis_.health().commands_up) co_return co_await fallback_.refund(rule, std::move(key));
  const auto reply = co_await redis_.run_script(refund_, one(place_of(rule, key)), {});
  if (!reply) co_return co_await fallback_.refund(rule, std::move(key));
  co_return Result<>{};
}

}  // namespace antiphon::store

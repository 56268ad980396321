#include "store/redis/rate_windows.h"

namespace antiphon::store {

namespace {

// KEYS: one a window. ARGV: now, then limit and length of each window. Answers the counts before
// and now of each; counts only when all allow it, as judge_rate() says.
constexpr const char* kTake = R"lua(
local now = tonumber(ARGV[1])
local answer, names, allowed = {}, {}, true
for i = 1, #KEYS do
  local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local stretch = math.floor(now / window)
  names[i] = KEYS[i] .. ':' .. string.format('%.0f', stretch)
  local counts = redis.call('MGET', KEYS[i] .. ':' .. string.format('%.0f', stretch - 1), names[i])
  local before, present = tonumber(counts[1] or 0), tonumber(counts[2] or 0)
  answer[2 * i - 1], answer[2 * i] = before, present
  if before * (window - now % window) / window + present + 1 > limit then allowed = false end
end
if allowed then
  for i = 1, #KEYS do
    if redis.call('INCR', names[i]) == 1 then
      redis.call('PEXPIRE', names[i], 2 * tonumber(ARGV[2 * i + 1]))
    end
  end
end
return answer
)lua";

}  // namespace

RedisRateWindows::RedisRateWindows(RedisClient& redis, RateWindows& fallback, const Clock& clock)
    : redis_(redis), fallback_(fallback), clock_(clock), take_{kTake} {}

Task<std::vector<RateAnswer>> RedisRateWindows::take(std::vector<RateAsk> asks) {
  if (!redis_.health().commands_up) co_return co_await fallback_.take(std::move(asks));
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
  std::vector<std::string> keys;
  std::vector<std::string> arguments{std::to_string(now.count())};
  for (const RateAsk& ask : asks) {
    keys.push_back("antiphon:rate:" + ask.key);
    arguments.push_back(std::to_string(ask.limit));
    arguments.push_back(std::to_string(ask.window.count()));
  }
  const auto reply = co_await redis_.run_script(take_, std::move(keys), std::move(arguments));
  if (!reply || reply->items.size() != 2 * asks.size()) {
    co_return co_await fallback_.take(std::move(asks));
  }
  std::vector<RateAnswer> answers;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const RateCounts counts{static_cast<std::uint32_t>(reply->items[2 * i].number),
                            static_cast<std::uint32_t>(reply->items[2 * i + 1].number)};
    answers.push_back(judge_rate(asks[i], counts, now));
  }
  co_return answers;
}

}  // namespace antiphon::store

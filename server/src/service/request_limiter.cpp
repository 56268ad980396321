#include "service/request_limiter.h"

#include <array>

namespace antiphon {

namespace {

// A minute's worth.
struct RateLimits {
  std::string_view name;
  std::uint32_t caller;
  std::uint32_t workspace;
  std::uint32_t address;
};

constexpr std::array<RateLimits, static_cast<std::size_t>(RateClass::last_) + 1> kLimits{{
    {"read", 1'200, 6'000, 3'000},
    {"write", 300, 1'500, 900},
    {"costly", 60, 300, 120},
    {"login", 30, 300, 30},
}};

const RateLimits& limits_of(RateClass rate_class) {
  return kLimits[static_cast<std::size_t>(rate_class)];
}

std::string seconds_of(std::chrono::milliseconds time) {
  return std::to_string((time.count() + 999) / 1000);
}

std::string key_of(const RateLimits& limits, std::string_view policy, std::string_view who) {
  return std::string(limits.name) + ":" + std::string(policy) + ":" + std::string(who);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> RateVerdict::headers() const {
  const std::string name = "\"" + std::string(policy) + "\"";
  const std::string limit = std::to_string(answer.limit);
  const std::string remaining = std::to_string(answer.remaining);
  const std::string reset = seconds_of(answer.reset);
  std::vector<std::pair<std::string, std::string>> fields{
      {"RateLimit-Policy", name + ";q=" + limit + ";w=" + seconds_of(answer.window)},
      {"RateLimit", name + ";r=" + remaining + ";t=" + reset},
      {"RateLimit-Limit", limit},
      {"RateLimit-Remaining", remaining},
      {"RateLimit-Reset", reset}};
  if (!allowed) fields.emplace_back("Retry-After", reset);
  return fields;
}

Task<RateVerdict> RequestLimiter::judge(std::vector<std::string_view> policies,
                                        std::vector<RateAsk> asks) {
  const auto answers = co_await windows_.take(std::move(asks));
  RateVerdict verdict;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool is_first = verdict.policy.empty();
    const bool is_tighter = !answers[i].allowed && verdict.allowed;
    const bool is_less =
        answers[i].allowed == verdict.allowed && answers[i].remaining < verdict.answer.remaining;
    const bool waits_longer =
        !answers[i].allowed && !verdict.allowed && answers[i].reset > verdict.answer.reset;
    if (!is_first && !is_tighter && !is_less && !waits_longer) continue;
    verdict = {answers[i].allowed, policies[i], answers[i]};
  }
  co_return verdict;
}

Task<RateVerdict> RequestLimiter::admit(RateClass rate_class, const Principal& principal,
                                        std::string address) {
  const RateLimits& limits = limits_of(rate_class);
  std::vector<std::string_view> policies{"caller"};
  std::vector<RateAsk> asks{{key_of(limits, "caller", principal.id.to_string()), limits.caller}};
  if (!principal.workspace.uuid().is_nil()) {
    policies.emplace_back("workspace");
    asks.push_back(
        {key_of(limits, "workspace", principal.workspace.to_string()), limits.workspace});
  }
  policies.emplace_back("address");
  asks.push_back({key_of(limits, "address", address), limits.address});
  co_return co_await judge(std::move(policies), std::move(asks));
}

Task<RateVerdict> RequestLimiter::admit_stranger(std::string address) {
  const RateLimits& limits = limits_of(RateClass::login);
  co_return co_await judge({"address"}, {{key_of(limits, "address", address), limits.address}});
}

}  // namespace antiphon

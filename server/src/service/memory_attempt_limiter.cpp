#include "service/memory_attempt_limiter.h"

namespace antiphon {

namespace {

std::string whole_key(const AttemptRule& rule, std::string_view key) {
  return std::string(rule.name) + '\n' + std::string(key);
}

}  // namespace

Task<Result<AttemptVerdict>> MemoryAttemptLimiter::spend(AttemptRule rule, std::string key) {
  const Timepoint now = clock_.now();
  Entry& entry = touch(whole_key(rule, key));
  while (!entry.attempts.empty() && entry.attempts.front() + rule.window <= now)
    entry.attempts.pop_front();
  if (entry.attempts.size() >= rule.limit) {
    const Duration left = entry.attempts.front() + rule.window - now;
    co_return AttemptVerdict{false, std::chrono::ceil<std::chrono::seconds>(left)};
  }
  entry.attempts.push_back(now);
  co_return AttemptVerdict{};
}

Task<Result<>> MemoryAttemptLimiter::refund(AttemptRule rule, std::string key) {
  const auto found = by_key_.find(whole_key(rule, key));
  if (found != by_key_.end() && !found->second->attempts.empty()) {
    found->second->attempts.pop_back();
  }
  co_return Result<>{};
}

MemoryAttemptLimiter::Entry& MemoryAttemptLimiter::touch(std::string key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  if (entries_.size() >= kKeysMax) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({std::move(key), {}});
  by_key_[entries_.front().key] = entries_.begin();
  return entries_.front();
}

}  // namespace antiphon

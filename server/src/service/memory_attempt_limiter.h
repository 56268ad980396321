// Sliding windows in this process's memory.
//
// Limits  kKeysMax keys; when there are more, the one that was touched longest ago goes.
// Thread  one.
#pragma once

#include "ports/attempt_limiter.h"

#include <deque>
#include <list>
#include <string>
#include <unordered_map>

namespace antiphon {

class MemoryAttemptLimiter final : public AttemptLimiter {
 public:
  static constexpr std::size_t kKeysMax = 50'000;

  explicit MemoryAttemptLimiter(const Clock& clock) : clock_(clock) {}

  Task<Result<AttemptVerdict>> spend(AttemptRule rule, std::string key) override;
  Task<Result<>> refund(AttemptRule rule, std::string key) override;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    std::deque<Timepoint> attempts;  // at most the limit of the rule
  };
  using Entries = std::list<Entry>;

  Entry& touch(std::string key);

  const Clock& clock_;
  Entries entries_;  // the latest touched first
  std::unordered_map<std::string, Entries::iterator> by_key_;
};

}  // namespace antiphon

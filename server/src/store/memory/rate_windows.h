// The sliding windows of this process alone.
//
// Limits  kKeysMax keys. When they are all in use, keys of the past go; when there are none, all
//         go: many callers are then counted anew, and memory stays as it is.
// Thread  one.
#pragma once

#include "ports/rate_windows.h"

#include <string>
#include <unordered_map>

namespace antiphon::store {

class MemoryRateWindows final : public RateWindows {
 public:
  static constexpr std::size_t kKeysMax = 100'000;

  explicit MemoryRateWindows(const Clock& clock) : clock_(clock) {}

  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override;
  [[nodiscard]] std::size_t size() const { return windows_.size(); }

 private:
  struct Window {
    std::int64_t stretch = 0;
    RateCounts counts;
    std::chrono::milliseconds length{0};
  };
  Window& window_of(const RateAsk& ask, std::chrono::milliseconds now);

  const Clock& clock_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace antiphon::store

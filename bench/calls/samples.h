// Measured values, and the quantiles of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace calls {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

inline double milliseconds_of(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

class Samples {
 public:
  void add(double value) { values_.push_back(static_cast<float>(value)); }
  void add(Clock::duration duration) { add(milliseconds_of(duration)); }
  void clear() { values_.clear(); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

  // Not a number where nothing was measured.
  [[nodiscard]] double quantile(double share) {
    if (values_.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto place = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
    const auto wanted =
        values_.begin() + static_cast<std::ptrdiff_t>(std::min(place, values_.size() - 1));
    std::nth_element(values_.begin(), wanted, values_.end());
    return *wanted;
  }
  [[nodiscard]] double most() { return quantile(1); }

 private:
  std::vector<float> values_;
};

}  // namespace calls

// How often something may be done: sliding windows, and what one of them answers.
//
// A window of length w counts what happened in its present stretch and in the one before, and takes
// of the latter the part that still lies within w: two numbers a key, at most a few per cent off a
// list of times.
#pragma once

#include "core/clock.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace antiphon {

// What a request costs the server; the limits are per class (service/request_limiter.h).
enum class RateClass : std::uint8_t { read, write, costly, login, last_ = login };

struct RateAsk {
  std::string key;
  std::uint32_t limit = 0;  // in `window`
  std::chrono::milliseconds window{60'000};
};

struct RateCounts {
  std::uint32_t before = 0;  // in the stretch before the present one
  std::uint32_t now = 0;
};

struct RateAnswer {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;
  std::chrono::milliseconds window{60'000};
  // Until one more is allowed, or, where it is, until the present stretch ends.
  std::chrono::milliseconds reset{0};
};

// `counts` are those before the request that is asked for.
[[nodiscard]] inline RateAnswer judge_rate(const RateAsk& ask, RateCounts counts,
                                           std::chrono::milliseconds since_epoch) {
  const double window = static_cast<double>(ask.window.count());
  const double elapsed = static_cast<double>(since_epoch.count() % ask.window.count());
  const double used = counts.before * (window - elapsed) / window + counts.now;
  RateAnswer answer{.allowed = used + 1 <= ask.limit, .limit = ask.limit, .window = ask.window};
  double wait = window - elapsed;
  if (answer.allowed) {
    answer.remaining = static_cast<std::uint32_t>(ask.limit - used - 1);
  } else if (counts.now + 1 <= ask.limit) {
    wait -= (ask.limit - 1.0 - counts.now) * window / std::max<double>(1, counts.before);
  } else {
    wait += window * (1 - (ask.limit - 1.0) / std::max<double>(1, counts.now));
  }
  answer.reset = std::chrono::milliseconds(static_cast<std::int64_t>(std::max(wait, 0.0)) + 1);
  return answer;
}

}  // namespace antiphon

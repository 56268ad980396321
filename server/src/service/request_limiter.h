// Says whether one more request is allowed: by the caller (key or person), the workspace and the
// address it comes from, for each class of route.
//
//   const RateVerdict verdict = co_await limiter.admit(RateClass::write, principal, address);
//   if (!verdict.allowed) …  429, with the headers of verdict.headers()
//
// Limits  the table in the .cpp file, a minute each. A refused request counts nowhere.
// Errors  none.
// Thread  the API loop.
#pragma once

#include "domain/principal.h"
#include "domain/rate.h"
#include "ports/rate_windows.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

// Of the windows that were asked, the one with the least left.
struct RateVerdict {
  bool allowed = true;
  std::string_view policy;  // "caller", "workspace" or "address"
  RateAnswer answer;

  // RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), the older
  // RateLimit-Limit, -Remaining and -Reset, and Retry-After where it is refused.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers() const;
};

class RequestLimiter {
 public:
  explicit RequestLimiter(RateWindows& windows) : windows_(windows) {}

  Task<RateVerdict> admit(RateClass rate_class, const Principal& principal, std::string address);
  // Of somebody whose credentials were refused: counted by address alone.
  Task<RateVerdict> admit_stranger(std::string address);

 private:
  Task<RateVerdict> judge(std::vector<std::string_view> policies, std::vector<RateAsk> asks);

  RateWindows& windows_;
};

}  // namespace antiphon

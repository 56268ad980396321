// Counts attempts in sliding windows: sign-ins, codes, mails.
//
// A key never names an account alone where that could lock its owner out: it names who tries, or
// who tries with whom.
// Errors  unavailable: the counters cannot be asked; callers go on with what they know.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon {

struct AttemptRule {
  std::string_view name;  // a literal: part of the key
  std::size_t limit = 0;
  std::chrono::seconds window{};
};

struct AttemptVerdict {
  bool allowed = true;
  std::chrono::seconds retry_after{};  // when not
};

class AttemptLimiter {
 public:
  virtual ~AttemptLimiter() = default;
  // Counts one attempt, unless the window is full.
  virtual Task<Result<AttemptVerdict>> spend(AttemptRule rule, std::string key) = 0;
  // Takes the latest attempt back: it was no guess.
  virtual Task<Result<>> refund(AttemptRule rule, std::string key) = 0;
};

}  // namespace antiphon

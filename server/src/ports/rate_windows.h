// Counts requests in sliding windows, for all servers that share them.
//
// Errors  none: where the shared counts are away, those of this process answer.
// Thread  the executor it was made for.
#pragma once

#include "core/task.h"
#include "domain/rate.h"

#include <vector>

namespace antiphon {

class RateWindows {
 public:
  virtual ~RateWindows() = default;
  // Counts the request in all windows when every one of them allows it, else in none. One answer
  // for each ask, in order.
  virtual Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) = 0;
};

}  // namespace antiphon

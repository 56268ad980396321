// Says whether one more thing may be done by a visitor of a website, through a widget: by visitor,
// agent and address. It knows nothing of the origin: that can be forged, an address and a signed
// visitor cannot.
//
// Limits  the table in the .cpp file, a minute each. What is refused counts nowhere.
// Errors  none.
// Thread  the API loop.
#pragma once

#include "service/request_limiter.h"

#include <cstdint>
#include <string>

namespace antiphon {

enum class VisitorAct : std::uint8_t { session, message, call, note, last_ = note };

class VisitorLimiter {
 public:
  explicit VisitorLimiter(RateWindows& windows) : windows_(windows) {}

  // `visitor` is nil before there is a session.
  Task<RateVerdict> admit(VisitorAct act, Uuid visitor, Uuid agent, std::string address);

 private:
  RateWindows& windows_;
};

}  // namespace antiphon

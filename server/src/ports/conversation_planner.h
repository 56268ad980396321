// Turns the short token that opens an audio socket into the conversation it was issued for.
//
// Errors  unauthenticated: forged, expired or already used; not_found; conflict: the conversation
//         is over; unavailable: the store is away.
// Thread  the API loop, but for abandon().
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "ports/session_host.h"

#include <string>

namespace antiphon {

class ConversationPlanner {
 public:
  virtual ~ConversationPlanner() = default;
  virtual Task<Result<SessionPlan>> plan(std::string token) = 0;
  // The plan led to no session, which would have written its own end. Any thread.
  virtual void abandon(const SessionPlan& plan, EndReason reason) = 0;
};

}  // namespace antiphon

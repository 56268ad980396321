// Turns what a carrier's stream says about a phone call into the conversation it is.
//
// Errors  unauthenticated: neither a good token nor a good key; permission_denied: the key may not
//         open conversations; not_found: no such agent; resource_exhausted; unavailable.
// Thread  the API loop, but for abandon().
#pragma once

#include "core/result.h"
#include "core/sensitive.h"
#include "core/task.h"
#include "ports/session_host.h"

#include <optional>
#include <string>

namespace antiphon {

struct CarrierCall {
  std::string carrier;      // "twilio", "telnyx", "plivo"
  std::string token;        // of an opened conversation; works once
  std::string key;          // of the API; opens a conversation with `agent`
  std::string agent;        // UUID or slug
  std::string call_id;      // the carrier's
  std::string called;       // number; "" when the stream does not say
  std::string caller = {};  // the same; in no log and in no conversation
};

class CarrierCallPlanner {
 public:
  virtual ~CarrierCallPlanner() = default;
  virtual Task<Result<SessionPlan>> plan(CarrierCall call) = 0;
  // Opens a conversation for a call that will stream; the token opens the stream, once.
  virtual Task<Result<std::string>> open(CarrierCall call) = 0;
  // What the workspace of the call's key set to check the carrier's signatures; nothing: it did
  // not.
  virtual Task<Result<std::optional<Sensitive<std::string>>>> signing_secret(CarrierCall call) = 0;
  // The plan led to no session, which would have written its own end. Any thread.
  virtual void abandon(const SessionPlan& plan, EndReason reason) = 0;
};

}  // namespace antiphon

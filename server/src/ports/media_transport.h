// The wire side of a call, as the session sees it.
//
// Thread  every member on the session's executor. send() allocates nothing and never waits: a
//         transport whose peer does not read drops and counts, and says so through
//         TransportEvents::lost.
#pragma once

#include "core/audio_frame.h"
#include "domain/conversation.h"

#include <string>
#include <string_view>

namespace antiphon {

// What happens in the call, for the far side's screen: one JSON object a line (kind and fields).
struct SessionNotice {
  std::string json;
};

class MediaTransport {
 public:
  virtual ~MediaTransport() = default;
  // One frame towards the caller, called once per tick while there is something to say.
  virtual void send(const AudioFrame& frame) = 0;
  // Drops what the far side has buffered but not played.
  virtual void clear() = 0;
  virtual void notify(const SessionNotice& notice) = 0;
  // The conversation is over; the transport closes its wire.
  virtual void finish(EndReason reason) = 0;
};

}  // namespace antiphon

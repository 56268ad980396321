// The routes /audio/twilio, /audio/telnyx and /audio/plivo: docs/guides/carriers.md.
//
// A carrier says who calls inside its stream, so the socket is opened for a stranger; it is closed
// again unless a start with a good token, or key and agent, follows. They may stand in the query
// (`token`, `key`, `agent`), in the header Authorization, or among the stream's own parameters.
// Limits  kStrangersMax sockets without a planned call.
// Errors  before the upgrade, as problems: 426 no handshake, 503 too many strangers, or no
//         room for another call.
// Thread  handle() and stop(): the API loop.
#pragma once

#include "core/log.h"
#include "core/metrics.h"
#include "net/http.h"
#include "transports/media_streams/media_stream_call.h"

#include <atomic>

namespace antiphon {

class MediaStreams {
 public:
  static constexpr int kStrangersMax = 256;

  MediaStreams(CarrierCallPlanner& planner, SessionHost& host, Clock& clock, Log& log,
               Metrics& metrics);

  Task<> handle(StreamDialect dialect, Request request, ResponseWriter& writer);
  // Ends every call and waits for its last words. The workers' loops still run.
  Task<> stop() { return workers_.stop(); }

 private:
  [[nodiscard]] Result<> admit() const;

  CarrierCallPlanner& planner_;
  SessionHost& host_;
  Clock& clock_;
  Log& log_;
  MediaStreamMetrics metrics_;
  std::atomic<int> strangers_{0};
  CallWorkers workers_;
};

}  // namespace antiphon

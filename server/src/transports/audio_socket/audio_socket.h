// The route /audio/pcm: docs/reference/audio-socket.md.
//
// A token is checked before the upgrade; the socket then moves to the media worker of its session.
// Errors  before the upgrade, as problems: 401 token, 404, 409, 503.
// Thread  handle() and stop(): the API loop.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "net/http.h"
#include "ports/conversation_planner.h"
#include "ports/session_host.h"
#include "transports/audio_socket/metrics.h"
#include "transports/call_workers.h"

namespace antiphon {

class AudioSocket {
 public:
  AudioSocket(ConversationPlanner& planner, SessionHost& host, Clock& clock, Log& log,
              Metrics& metrics);
  ~AudioSocket();

  Task<> handle(Request request, ResponseWriter& writer);
  // Ends every call and waits for its last words. The workers' loops still run.
  Task<> stop();

 private:
  ConversationPlanner& planner_;
  SessionHost& host_;
  Clock& clock_;
  Log& log_;
  AudioSocketMetrics metrics_;
  CallWorkers workers_;
};

}  // namespace antiphon

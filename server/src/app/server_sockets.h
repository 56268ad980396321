// The sockets that carry calls: our own, and the carriers'.
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "app/server_webrtc.h"
#include "service/carrier_calls.h"
#include "transports/audio_socket/audio_socket.h"
#include "transports/media_streams/answer_webhook.h"
#include "transports/media_streams/media_streams.h"

#include <utility>

namespace antiphon {

class ServerSockets {
 public:
  struct Parts {
    AccessService& access;
    ConversationService& conversations;
    SecretVault& secrets;
    SessionHost& host;
    Clock& clock;
    Log& log;
    Metrics& metrics;
    Executor executor;
    Random& random;
  };
  explicit ServerSockets(const Parts& parts)
      : audio_(parts.conversations, parts.host, parts.clock, parts.log, parts.metrics),
        calls_(parts.access, parts.conversations, parts.secrets),
        answers_(calls_, parts.host, parts.clock, parts.metrics),
        streams_(calls_, parts.host, parts.clock, parts.log, parts.metrics),
        webrtc_({parts.executor, parts.conversations, parts.host, parts.clock, parts.random,
                 parts.log, parts.metrics}) {}

  void add_routes(Router& router);
  // Errors: as WebRtc::start.
  [[nodiscard]] Result<> start(WebRtcSettings settings) {
    return webrtc_.start(std::move(settings));
  }
  // Before the HTTP server stops.
  Task<> stop();

 private:
  void add_carrier(Router& router, std::string_view socket, std::string_view answer,
                   StreamDialect dialect);

  AudioSocket audio_;
  CarrierCalls calls_;
  AnswerWebhook answers_;
  MediaStreams streams_;
  WebRtc webrtc_;
};

}  // namespace antiphon

// The sockets that carry calls: our own, and the carriers'.
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "service/carrier_calls.h"
#include "transports/audio_socket/audio_socket.h"
#include "transports/media_streams/answer_webhook.h"
#include "transports/media_streams/media_streams.h"

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
  };
  explicit ServerSockets(const Parts& parts)
      : audio_(parts.conversations, parts.host, parts.clock, parts.log, parts.metrics),
        calls_(parts.access, parts.conversations, parts.secrets),
        answers_(calls_, parts.host, parts.clock, parts.metrics),
        streams_(calls_, parts.host, parts.clock, parts.log, parts.metrics) {}

  void add_routes(Router& router);
  // Before the HTTP server stops.
  Task<> stop();

 private:
  void add_carrier(Router& router, std::string_view socket, std::string_view answer,
                   StreamDialect dialect);

  AudioSocket audio_;
  CarrierCalls calls_;
  AnswerWebhook answers_;
  MediaStreams streams_;
};

}  // namespace antiphon

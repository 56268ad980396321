// WebSockets to other servers: ws:// and wss://.
//
//   auto socket = co_await connect_websocket(
//       clock, {.url = "ws://127.0.0.1:8080/audio/pcm", .headers = {{"Authorization", token}}});
//
// Errors  invalid_argument (the URL), unavailable (no connection, or the server declined),
//         unauthenticated (401), permission_denied (403), not_found (404), protocol_error (TLS, or
//         no WebSocket at all), timeout, cancelled.
// Thread  the socket lives on the executor of the coroutine that connects.
#pragma once

#include "net/websocket.h"

#include <string>
#include <vector>

namespace antiphon {

struct WebSocketConnect {
  std::string url;
  Headers headers = {};
  std::vector<std::string> subprotocols = {};
  Duration timeout = std::chrono::seconds(10);  // until the handshake is done
  WebSocketLimits limits = {};
  std::string certificate_authorities = {};  // a PEM file; empty: the system's store
};

[[nodiscard]] Task<Result<WebSocket>> connect_websocket(Clock& clock, WebSocketConnect request);

}  // namespace antiphon

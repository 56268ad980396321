// What websocket.cpp needs of a WebSocket library: so that its policies compile without Beast.
// Inside net/ only.
#pragma once

#include "net/metrics.h"
#include "net/websocket.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

class WebSocketLink {
 public:
  enum class Seen : std::uint8_t { bytes, control, peer_close, fragments_too_many };
  using Watcher = std::function<void(Seen)>;

  virtual ~WebSocketLink() = default;
  // Called while reading.
  virtual void watch(Watcher watcher) = 0;
  // One at a time each; read and the others beside each other. An error is the end: how() tells.
  virtual Task<bool> read(WebSocketMessage& into) = 0;
  virtual Task<bool> write(const WebSocketMessage& message) = 0;
  virtual Task<bool> ping() = 0;
  virtual Task<> close(std::uint16_t code, std::string reason) = 0;
  // Cuts the connection; what waits ends soon.
  virtual void abort() = 0;
  [[nodiscard]] virtual WebSocketEnd how() const = 0;
  [[nodiscard]] virtual std::optional<std::uint16_t> peer_close_code() const = 0;
};

struct WebSocketFactory {
  // On the socket's executor. `counts` may be null.
  [[nodiscard]] static WebSocket make(const Executor& executor, Clock& clock,
                                      std::shared_ptr<WebSocketMetrics> counts,
                                      WebSocketLimits limits, std::string subprotocol,
                                      std::unique_ptr<WebSocketLink> link);
};

}  // namespace antiphon

// A client's handshake over Beast, for TCP and for TLS: each in a file of its own, for the sake of
// the compiler. Inside net/ only.
#pragma once

#include "net/url.h"
#include "net/websocket_client.h"
#include "net/websocket_link.h"

#include <memory>
#include <string>

namespace antiphon {

struct ClientLink {
  std::unique_ptr<WebSocketLink> link;
  std::string subprotocol;
};

// `request` is borrowed until the answer.
[[nodiscard]] Task<Result<ClientLink>> connect_tcp_link(const Url& url,
                                                        const WebSocketConnect& request);
[[nodiscard]] Task<Result<ClientLink>> connect_tls_link(const Url& url,
                                                        const WebSocketConnect& request);

}  // namespace antiphon

#include "net/websocket_accept.h"

#include <boost/beast/websocket/ssl.hpp>

namespace antiphon {

// Asio's TLS goes on where ours ends; it takes over OpenSSL's state and frees it.
Task<Result<std::unique_ptr<WebSocketLink>>> accept_tls_link(UpgradedSocket& upgraded,
                                                             const WebSocketAccept& wanted) {
  TlsSocket socket(std::move(upgraded.socket), upgraded.tls->release());
  co_return co_await accept_link(std::move(socket), std::move(upgraded.received), wanted);
}

}  // namespace antiphon

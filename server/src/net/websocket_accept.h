// A server's handshake over Beast, for TCP and for TLS: each in a file of its own, for the sake of
// the compiler. Inside net/ only.
#pragma once

#include "core/check.h"
#include "net/upgraded_socket.h"
#include "net/websocket_beast.h"

#include <string>

namespace antiphon {

struct WebSocketAccept {
  boost::beast::http::request<boost::beast::http::empty_body> request;
  std::string subprotocol;
  WebSocketOptions options;
};

// On the executor where the socket will live. Errors: closed. `wanted` is borrowed until the
// answer; `upgraded` gives its socket away.
[[nodiscard]] Task<Result<std::unique_ptr<WebSocketLink>>> accept_tcp_link(
    UpgradedSocket& upgraded, const WebSocketAccept& wanted);
[[nodiscard]] Task<Result<std::unique_ptr<WebSocketLink>>> accept_tls_link(
    UpgradedSocket& upgraded, const WebSocketAccept& wanted);

template <class Next>
Task<Result<std::unique_ptr<WebSocketLink>>> accept_link(Next next, std::string received,
                                                         const WebSocketAccept& wanted) {
  const auto& limits = wanted.options.limits;
  auto link = std::make_unique<BeastLink<Next>>(std::move(next), std::move(received), limits,
                                                limits.fragments_max);
  link->stream().set_option(beast::websocket::stream_base::decorator(
      [&wanted](beast::websocket::response_type& response) {
        for (const auto& [name, value] : wanted.options.headers)
          response.set(name, value);
        if (!wanted.subprotocol.empty()) {
          response.set(beast::http::field::sec_websocket_protocol, wanted.subprotocol);
        }
      }));
  const auto [error] =
      co_await link->stream().async_accept(wanted.request, BeastLink<Next>::kToken);
  if (error) {
    co_return failure(ErrorCode::closed, "the WebSocket handshake failed: " + error.message());
  }
  co_return link;
}

}  // namespace antiphon

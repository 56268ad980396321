// The handshake itself, as a template over the transport.
// For websocket_client_tcp.cpp and websocket_client_tls.cpp.
#pragma once

#include "net/websocket_beast.h"
#include "net/websocket_client_link.h"

#include <string>

namespace antiphon {

[[nodiscard]] Error handshake_error(const beast::error_code& error, unsigned status);
[[nodiscard]] std::string join_subprotocols(const std::vector<std::string>& names);

// Returns the agreed subprotocol.
template <class Next>
Task<Result<std::string>> shake_hands(BeastLink<Next>& link, const Url& url,
                                      const WebSocketConnect& request) {
  link.stream().set_option(
      beast::websocket::stream_base::decorator([&request](beast::websocket::request_type& message) {
        for (const auto& [name, value] : request.headers)
          message.set(name, value);
        if (!request.subprotocols.empty()) {
          message.set(beast::http::field::sec_websocket_protocol,
                      join_subprotocols(request.subprotocols));
        }
      }));
  beast::websocket::response_type response;
  const auto [error] = co_await link.stream().async_handshake(response, url.authority(), url.target,
                                                              BeastLink<Next>::kToken);
  if (error == boost::asio::error::operation_aborted) {
    co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  }
  if (error) co_return std::unexpected(handshake_error(error, response.result_int()));
  co_return std::string(response[beast::http::field::sec_websocket_protocol]);
}

}  // namespace antiphon

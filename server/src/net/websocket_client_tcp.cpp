#include "net/websocket_client_handshake.h"

namespace antiphon {

// Compiled in websocket_server.cpp.
extern template class BeastLink<TcpSocket>;

Error handshake_error(const beast::error_code& error, unsigned status) {
  if (error != beast::websocket::error::upgrade_declined) {
    return {ErrorCode::protocol_error, "the WebSocket handshake failed: " + error.message()};
  }
  const ErrorCode code = status == 401   ? ErrorCode::unauthenticated
                         : status == 403 ? ErrorCode::permission_denied
                         : status == 404 ? ErrorCode::not_found
                                         : ErrorCode::unavailable;
  return {code, "the server declined the WebSocket with status " + std::to_string(status)};
}

std::string join_subprotocols(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

Task<Result<ClientLink>> connect_tcp_link(const Url& url, const WebSocketConnect& request) {
  auto socket = co_await connect_tcp(url);
  if (!socket) co_return std::unexpected(socket.error());
  auto link = std::make_unique<BeastLink<TcpSocket>>(std::move(*socket), "", request.limits, 0u);
  auto agreed = co_await shake_hands(*link, url, request);
  if (!agreed) co_return std::unexpected(agreed.error());
  co_return ClientLink{std::move(link), std::move(*agreed)};
}

}  // namespace antiphon

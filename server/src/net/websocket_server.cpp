#include "net/websocket_accept.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

namespace antiphon {

// websocket_client_tcp.cpp relies on it.
template class BeastLink<TcpSocket>;

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::string choose_subprotocol(const Request& request, const std::vector<std::string>& ours) {
  for (const auto& name : ours) {
    if (request.headers.has_token("Sec-WebSocket-Protocol", name)) return name;
  }
  return {};
}

http::request<http::empty_body> to_beast(const Request& request) {
  http::request<http::empty_body> message;
  message.method(http::verb::get);
  message.target(request.target);
  message.version(11);
  for (const auto& [name, value] : request.headers)
    message.insert(name, value);
  return message;
}

// On the executor where the socket will live.
Task<Result<WebSocket>> shake_hands(std::unique_ptr<UpgradedSocket> upgraded,
                                    WebSocketAccept wanted) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto executor = co_await asio::this_coro::executor;
  auto link = upgraded->tls ? co_await accept_tls_link(*upgraded, wanted)
                            : co_await accept_tcp_link(*upgraded, wanted);
  if (!link) co_return std::unexpected(link.error());
  co_return WebSocketFactory::make(executor, upgraded->clock, std::move(upgraded->counts),
                                   wanted.options.limits, std::move(wanted.subprotocol),
                                   std::move(*link));
}

}  // namespace

Task<Result<std::unique_ptr<WebSocketLink>>> accept_tcp_link(UpgradedSocket& upgraded,
                                                             const WebSocketAccept& wanted) {
  co_return co_await accept_link(std::move(upgraded.socket), std::move(upgraded.received), wanted);
}

Task<Result<WebSocket>> accept_websocket(const Request& request, ResponseWriter& writer,
                                         WebSocketOptions options) {
  auto upgraded = writer.take_socket();
  if (!upgraded) {
    Response response = make_problem(
        426, "websocket_refused", "This address speaks WebSocket version 13, on allowed routes.");
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Connection", "Upgrade");
    response.headers.add("Sec-WebSocket-Version", "13");
    static_cast<void>(co_await writer.send(std::move(response)));
    co_return failure(ErrorCode::invalid_argument, "the request is no WebSocket handshake");
  }
  if (!request.request_id.empty()) options.headers.set("X-Request-Id", request.request_id);
  WebSocketAccept wanted{to_beast(request), choose_subprotocol(request, options.subprotocols),
                         std::move(options)};
  if (!wanted.options.executor) {
    co_return co_await shake_hands(std::move(upgraded), std::move(wanted));
  }
  const Executor home = *wanted.options.executor;
  boost::system::error_code error;
  const auto protocol = upgraded->socket.local_endpoint(error).protocol();
  const auto descriptor = upgraded->socket.release(error);
  CHECK(!error, "nothing waits on a socket whose handler runs");
  upgraded->socket = TcpSocket(home, protocol, descriptor);
  std::optional<Result<WebSocket>> outcome;
  co_await asio::co_spawn(
      home, detail::store_result(shake_hands(std::move(upgraded), std::move(wanted)), outcome),
      asio::use_awaitable);
  co_return std::move(*outcome);
}

}  // namespace antiphon

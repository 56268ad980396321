#include "net/websocket_client.h"

#include "net/websocket_client_link.h"

#include <boost/asio/this_coro.hpp>

namespace antiphon {

namespace {

Task<Result<WebSocket>> connect(Clock& clock, WebSocketConnect request) {
  const auto url = Url::parse(request.url);
  if (!url) co_return std::unexpected(url.error());
  const auto executor = co_await boost::asio::this_coro::executor;
  auto connected = url->is_tls() ? co_await connect_tls_link(*url, request)
                                 : co_await connect_tcp_link(*url, request);
  if (!connected) co_return std::unexpected(connected.error());
  co_return WebSocketFactory::make(executor, clock, nullptr, request.limits,
                                   std::move(connected->subprotocol), std::move(connected->link));
}

}  // namespace

Task<Result<WebSocket>> connect_websocket(Clock& clock, WebSocketConnect request) {
  const auto deadline = clock.now() + request.timeout;
  co_return co_await with_deadline(clock, deadline, connect(clock, std::move(request)));
}

}  // namespace antiphon

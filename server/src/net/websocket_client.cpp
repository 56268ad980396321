#include "net/websocket_client.h"

#include "net/websocket_beast.h"

#include <boost/asio/this_coro.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace antiphon {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

// The TLS context must outlive the socket, so it travels with the link.
class TlsLink final : public WebSocketLink {
 public:
  TlsLink(std::unique_ptr<asio::ssl::context> context, std::unique_ptr<BeastLink<TlsSocket>> link)
      : context_(std::move(context)), link_(std::move(link)) {}

  void watch(Watcher watcher) override { link_->watch(std::move(watcher)); }
  Task<bool> read(WebSocketMessage& into) override { return link_->read(into); }
  Task<bool> write(const WebSocketMessage& message) override { return link_->write(message); }
  Task<bool> ping() override { return link_->ping(); }
  Task<> close(std::uint16_t code, std::string reason) override {
    return link_->close(code, std::move(reason));
  }
  void abort() override { link_->abort(); }
  [[nodiscard]] WebSocketEnd how() const override { return link_->how(); }
  [[nodiscard]] std::optional<std::uint16_t> peer_close_code() const override {
    return link_->peer_close_code();
  }

 private:
  std::unique_ptr<asio::ssl::context> context_;
  std::unique_ptr<BeastLink<TlsSocket>> link_;
};

Error declined(const beast::error_code& error, unsigned status) {
  if (error != beast::websocket::error::upgrade_declined) {
    return {ErrorCode::protocol_error, "the WebSocket handshake failed: " + error.message()};
  }
  const ErrorCode code = status == 401   ? ErrorCode::unauthenticated
                         : status == 403 ? ErrorCode::permission_denied
                         : status == 404 ? ErrorCode::not_found
                                         : ErrorCode::unavailable;
  return {code, "the server declined the WebSocket with status " + std::to_string(status)};
}

std::string join(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

// Returns the agreed subprotocol.
template <class Next>
Task<Result<std::string>> shake_hands(BeastLink<Next>& link, const Url& url,
                                      const WebSocketConnect& request) {
  link.stream().set_option(
      beast::websocket::stream_base::decorator([&request](beast::websocket::request_type& message) {
        for (const auto& [name, value] : request.headers)
          message.set(name, value);
        if (!request.subprotocols.empty()) {
          message.set(http::field::sec_websocket_protocol, join(request.subprotocols));
        }
      }));
  beast::websocket::response_type response;
  const auto [error] = co_await link.stream().async_handshake(response, url.authority(), url.target,
                                                              BeastLink<Next>::kToken);
  if (error == asio::error::operation_aborted) {
    co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  }
  if (error) co_return std::unexpected(declined(error, response.result_int()));
  co_return std::string(response[http::field::sec_websocket_protocol]);
}

Task<Result<WebSocket>> connect(Clock& clock, WebSocketConnect request) {
  const auto url = Url::parse(request.url);
  if (!url) co_return std::unexpected(url.error());
  const auto executor = co_await asio::this_coro::executor;
  if (!url->is_tls()) {
    auto socket = co_await connect_tcp(*url);
    if (!socket) co_return std::unexpected(socket.error());
    auto link = std::make_unique<BeastLink<TcpSocket>>(std::move(*socket), "", request.limits, 0u);
    auto agreed = co_await shake_hands(*link, *url, request);
    if (!agreed) co_return std::unexpected(agreed.error());
    co_return WebSocketFactory::make(executor, clock, nullptr, request.limits, std::move(*agreed),
                                     std::move(link));
  }
  auto context = make_tls_context(request.certificate_authorities);
  if (!context) co_return std::unexpected(context.error());
  auto socket = co_await connect_tls(*url, **context);
  if (!socket) co_return std::unexpected(socket.error());
  auto link = std::make_unique<BeastLink<TlsSocket>>(std::move(**socket), "", request.limits, 0u);
  auto agreed = co_await shake_hands(*link, *url, request);
  if (!agreed) co_return std::unexpected(agreed.error());
  co_return WebSocketFactory::make(executor, clock, nullptr, request.limits, std::move(*agreed),
                                   std::make_unique<TlsLink>(std::move(*context), std::move(link)));
}

}  // namespace

Task<Result<WebSocket>> connect_websocket(Clock& clock, WebSocketConnect request) {
  const auto deadline = clock.now() + request.timeout;
  co_return co_await with_deadline(clock, deadline, connect(clock, std::move(request)));
}

}  // namespace antiphon

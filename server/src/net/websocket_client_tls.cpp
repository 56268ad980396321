#include "net/websocket_client_handshake.h"

#include <boost/beast/websocket/ssl.hpp>

namespace antiphon {

namespace asio = boost::asio;

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

}  // namespace

Task<Result<ClientLink>> connect_tls_link(const Url& url, const WebSocketConnect& request) {
  auto context = make_tls_context(request.certificate_authorities);
  if (!context) co_return std::unexpected(context.error());
  auto socket = co_await connect_tls(url, **context);
  if (!socket) co_return std::unexpected(socket.error());
  auto link = std::make_unique<BeastLink<TlsSocket>>(std::move(**socket), "", request.limits, 0u);
  auto agreed = co_await shake_hands(*link, url, request);
  if (!agreed) co_return std::unexpected(agreed.error());
  co_return ClientLink{std::make_unique<TlsLink>(std::move(*context), std::move(link)),
                       std::move(*agreed)};
}

}  // namespace antiphon

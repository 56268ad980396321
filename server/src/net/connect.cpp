#include "net/connect.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace antiphon {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

std::unexpected<Error> broken(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) {
    return failure(ErrorCode::cancelled, "the wait was cancelled");
  }
  return failure(ErrorCode::closed, "the connection broke: " + error.message());
}

// Many servers close without TLS's own farewell; HTTP's framing tells whether something is missing.
bool is_end(const boost::system::error_code& error) {
  return error == asio::error::eof || error == ssl::error::stream_truncated;
}

// Keeps the context as long as the socket; empty for plain TCP.
template <class Socket>
class SocketStream final : public ByteStream {
 public:
  SocketStream(std::unique_ptr<ssl::context> context, Socket socket)
      : context_(std::move(context)), socket_(std::move(socket)) {}

  Task<Result<std::size_t>> read_some(std::span<char> into) override {
    const auto [error, count] =
        co_await socket_->async_read_some(asio::buffer(into.data(), into.size()), kToken);
    if (error && !is_end(error)) co_return broken(error);
    co_return count;
  }

  Task<Result<>> write(std::string_view bytes) override {
    const auto [error, count] =
        co_await asio::async_write(*socket_, asio::buffer(bytes.data(), bytes.size()), kToken);
    if (error) co_return broken(error);
    co_return Result<>{};
  }

 private:
  std::unique_ptr<ssl::context> context_;
  Socket socket_;
};

}  // namespace

Task<Result<TcpSocket>> connect_tcp(Url url) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto [lookup_error, addresses] =
      co_await resolver.async_resolve(url.host, std::to_string(url.port), kToken);
  if (lookup_error) {
    co_return failure(ErrorCode::unavailable,
                      "cannot find the host of " + url.authority() + ": " + lookup_error.message());
  }
  TcpSocket socket(executor);
  const auto [error, endpoint] = co_await asio::async_connect(socket, addresses, kToken);
  if (error == asio::error::operation_aborted) co_return broken(error);
  if (error) {
    co_return failure(ErrorCode::unavailable,
                      "cannot connect to " + url.authority() + ": " + error.message());
  }
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return socket;
}

Result<std::unique_ptr<ssl::context>> make_tls_context(const std::string& authorities) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  if (authorities.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(authorities, error);
  }
  if (!error) context->set_verify_mode(ssl::verify_peer, error);
  if (error) {
    return failure(ErrorCode::invalid_argument,
                   "cannot read the certificate authorities: " + error.message());
  }
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  return context;
}

Task<Result<std::unique_ptr<TlsSocket>>> connect_tls(Url url, ssl::context& context) {
  auto tcp = co_await connect_tcp(url);
  if (!tcp) co_return std::unexpected(tcp.error());
  auto socket = std::make_unique<TlsSocket>(std::move(*tcp), context);
  boost::system::error_code error;
  socket->set_verify_callback(ssl::host_name_verification(url.host), error);
  // Server name indication is for names only (RFC 6066 section 3).
  boost::system::error_code not_an_address;
  asio::ip::make_address(url.host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(socket->native_handle(), url.host.c_str());
  const auto [failed] = co_await socket->async_handshake(ssl::stream_base::client, kToken);
  if (failed == asio::error::operation_aborted) co_return broken(failed);
  if (error || failed) {
    co_return failure(ErrorCode::protocol_error,
                      "no TLS connection to " + url.authority() + ": " + failed.message());
  }
  co_return socket;
}

Task<Result<std::unique_ptr<ByteStream>>> connect_stream(Url url, std::string authorities) {
  if (!url.is_tls()) {
    auto tcp = co_await connect_tcp(std::move(url));
    if (!tcp) co_return std::unexpected(tcp.error());
    co_return std::make_unique<SocketStream<std::unique_ptr<TcpSocket>>>(
        nullptr, std::make_unique<TcpSocket>(std::move(*tcp)));
  }
  auto context = make_tls_context(authorities);
  if (!context) co_return std::unexpected(context.error());
  auto tls = co_await connect_tls(std::move(url), **context);
  if (!tls) co_return std::unexpected(tls.error());
  co_return std::make_unique<SocketStream<std::unique_ptr<TlsSocket>>>(std::move(*context),
                                                                       std::move(*tls));
}

}  // namespace antiphon

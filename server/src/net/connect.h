// Client connections: name lookup, TCP, TLS with verification. Inside net/ only: it holds sockets.
//
// Errors  unavailable (no such name, nobody listens), protocol_error (the certificate or TLS
//         itself), cancelled.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "net/url.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace antiphon {

using TcpSocket = boost::asio::ip::tcp::socket;
using TlsSocket = boost::asio::ssl::stream<TcpSocket>;

[[nodiscard]] Task<Result<TcpSocket>> connect_tcp(Url url);
// `authorities` is a PEM file; empty: the system's store. `context` must outlive the socket.
[[nodiscard]] Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& authorities);
[[nodiscard]] Task<Result<std::unique_ptr<TlsSocket>>> connect_tls(
    Url url, boost::asio::ssl::context& context);

// Bytes both ways, over TCP or TLS.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // 0 at the end of the stream.
  virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};
[[nodiscard]] Task<Result<std::unique_ptr<ByteStream>>> connect_stream(Url url,
                                                                       std::string authorities);

}  // namespace antiphon

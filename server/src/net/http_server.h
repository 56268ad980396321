// An HTTP/1.1 server on one executor: keep-alive, pipelining, streaming answers, WebSocket
// upgrades.
//
//   HttpServer server(loop.executor(), clock, log, metrics, {}, policy, handler);
//   if (auto listening = server.listen({"127.0.0.1", 8080}); !listening) ...
//   co_await server.stop(10s);
//
// Limits  HttpLimits for every connection, RequestPolicy for one request; what is over them is
//         refused with an application/problem+json answer and counted in http_refused_total{reason}
//         (net/metrics.h). Deadlines are checked every 100 ms. Over a cap of connections a client
//         is told so in words (503, Retry-After) while fewer than 64 are being told, then cut;
//         over TLS it is cut at once, because words would cost a handshake.
// Errors  listen: unavailable (the address is taken or not ours), invalid_argument.
// Thread  every member on the executor, which runs one thing at a time.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/task_group.h"
#include "net/edge.h"
#include "net/http.h"
#include "net/socket_address.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace antiphon {

class TlsIdentity;

struct HttpLimits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t header_fields_max = 100;
  // Absolute, from the first byte (or from the accept): bytes that trickle in do not extend it.
  Duration header_timeout = std::chrono::seconds(10);
  Duration idle_timeout = std::chrono::seconds(60);   // between requests of one connection
  Duration write_timeout = std::chrono::seconds(20);  // without one byte of progress
  Duration linger_timeout =
      std::chrono::seconds(2);  // reading on after a refusal, so that it arrives
  std::size_t connections_max = 4096;
  // 0: no limit. IPv6 counts by /64; EdgeOptions::unlimited and trusted proxies do not count.
  std::size_t connections_per_address_max = 0;
  std::uint32_t requests_per_connection_max = 10'000;
};

enum class Upgrade : std::uint8_t { refused, allowed };

// What one route allows, decided when the head is there and the body is not.
struct RequestPolicy {
  std::size_t body_max = 1024 * 1024;
  // For body and handler together, until the answer is complete or start() was called.
  Duration deadline = std::chrono::seconds(30);
  Upgrade websocket = Upgrade::refused;
};

using HttpPolicy = std::function<RequestPolicy(const RequestHead&)>;
// Cancelled when its deadline passes, when a streaming client goes, and at the end of stop().
using HttpHandler = std::function<Task<>(Request, ResponseWriter&)>;

// For handlers that make their whole answer at once.
[[nodiscard]] HttpHandler respond_with(std::function<Task<Response>(Request)> handler);

class HttpServer {
 public:
  HttpServer(Executor executor, Clock& clock, Log& log, Metrics& metrics, HttpLimits limits,
             HttpPolicy policy, HttpHandler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Drops connections that are left; owners whose handlers borrow call stop() first.
  ~HttpServer();

  // Before listen(). The rules for clients and answers; without it, nobody is a proxy.
  void use_edge(EdgeOptions options);
  // Before listen(): every connection speaks TLS. Handshakes compute on `handshakes`, a loop that
  // outlives stop(), so that a burst of them holds up no request. `identity` is borrowed.
  void use_tls(const TlsIdentity& identity, Executor handshakes);

  // Port 0 lets the machine choose; port() tells.
  Result<> listen(const SocketAddress& address);
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connection_count() const;

  // Accepts nothing more, ends idle connections, lets running requests (also streams and
  // WebSockets) finish within `grace`, then cancels their handlers; returns when the last has
  // ended.
  Task<> stop(Duration grace);

 private:
  struct State;
  std::shared_ptr<State>
      state_;  // shared with connections that outlive the server for one turn of the loop
};

}  // namespace antiphon

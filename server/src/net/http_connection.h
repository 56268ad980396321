// One connection of the HTTP server, from accept to close. Inside net/ only.
//
//   handshake (TLS) ──▶ waiting
//   waiting ──byte──▶ header ──head──▶ body ──▶ handling ⇄ writing ──▶ waiting (keep-alive)
//      any ──refused──▶ writing ──▶ lingering ──▶ closed
//   handling ──upgrade──▶ the socket has gone
//
// Every phase has a deadline; the server calls check() ten times a second. No timer per connection
// or operation: thousands of idle sockets then cost one short loop.
#pragma once

#include "net/http_server.h"
#include "net/metrics.h"
#include "net/request_parser.h"
#include "net/tls_identity.h"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <ctime>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

// What all connections of a server share; it lives as long as the last of them.
struct HttpContext {
  Clock& clock;
  Log& log;
  HttpMetrics counts;
  std::shared_ptr<WebSocketMetrics> websocket_counts;  // also of sockets that moved to another loop
  HttpLimits limits;
  HttpPolicy policy;
  HttpHandler handler;
  Edge edge = {};
  const TlsIdentity* tls = nullptr;  // borrowed; null: plain HTTP
  std::optional<Executor> handshakes = {};
  bool is_stopping = false;
  std::time_t date_second = 0;
  std::string date_text = {};

  // The Date field: written once a second, not once an answer.
  [[nodiscard]] const std::string& date();
};

class HttpConnection final : public ResponseWriter,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(boost::asio::ip::tcp::socket socket, std::string peer,
                 std::shared_ptr<HttpContext> context);

  Task<> run();
  // Says why and closes: for connections over a cap.
  Task<> turn_away(Refusal refusal);

  void check(Timepoint now);
  // stop(): first ask, then insist.
  void end_if_idle();
  void end();
  [[nodiscard]] boost::asio::cancellation_slot slot() { return cancel_.slot(); }
  // The socket's other end, and what it counts as for the limit of connections.
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] const std::string& network() const { return network_; }

  Task<Result<>> send(Response response) override;
  Task<Result<>> start(int status, Headers headers) override;
  Task<Result<>> write(std::string_view part) override;
  Task<Result<>> finish() override;
  [[nodiscard]] bool is_started() const override { return answer_ != Answer::none; }
  [[nodiscard]] std::unique_ptr<UpgradedSocket> take_socket() override;

 private:
  enum class Phase : std::uint8_t {
    handshake,
    waiting,
    header,
    body,
    handling,
    writing,
    lingering,
    closed
  };
  enum class Answer : std::uint8_t { none, complete, streaming, upgraded };
  enum class Io : std::uint8_t { done, blocked, ended };

  Task<bool> shake_hands();
  Task<bool> speak_plainly();
  Task<bool> flush();
  Task<std::optional<Request>> read_request();
  Task<std::optional<std::size_t>> read_head();
  Task<bool> read_body(RequestParser& parser, const RequestPolicy& policy, Request& request);
  Task<bool> answer(Request request);
  Task<> refuse(Refusal refusal);
  Task<> linger();
  Task<> watch_client();

  Task<bool> fill();
  Task<bool> write_all(std::string_view first, std::string_view second);
  [[nodiscard]] Io read_now();
  [[nodiscard]] Io read_tls();
  [[nodiscard]] Io receive(std::string& into);
  [[nodiscard]] Io write_now(std::string_view& first, std::string_view& second);
  [[nodiscard]] std::string make_head(int status, const Headers& headers,
                                      std::optional<std::size_t> length);
  [[nodiscard]] bool is_given_up() const;
  void enter(Phase phase, Duration time_left);
  void close_now();
  void note_answer(int status);

  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
  std::string network_;
  std::shared_ptr<HttpContext> context_;  // the server and its other connections
  boost::asio::cancellation_signal cancel_;
  TaskGroup watcher_;
  std::unique_ptr<TlsSession> tls_;  // null: plain HTTP

  std::string buffer_;  // received, not yet used
  Phase phase_ = Phase::header;
  Timepoint deadline_ = Timepoint::max();
  bool is_expired_ = false;       // the phase's deadline passed
  std::uint32_t busy_turns_ = 0;  // reads without a pause, so that one client cannot hold the loop

  // Of the current request.
  std::uint32_t request_count_ = 0;
  Timepoint request_deadline_{};
  Timepoint received_{};
  EdgeFacts edge_{};
  Answer answer_ = Answer::none;
  bool handler_runs_ = false;
  bool keeps_alive_ = false;
  bool is_head_ = false;
  bool is_chunked_ = false;
  std::uint64_t promised_ = 0;  // bytes of a streamed body that Content-Length said will follow
  bool may_upgrade_ = false;
  bool is_named_ = false;  // edge_ is the current request's
};

}  // namespace antiphon

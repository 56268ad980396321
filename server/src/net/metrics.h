// The metrics of net/, and the closed reasons for which it turns a peer away.
#pragma once

#include "core/metrics.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace antiphon {

// Why the HTTP server refused or dropped something. Each has one status and one stable code
// (refusal_of).
enum class Refusal : std::uint8_t {
  header_too_large,      // 431
  fields_too_many,       // 431
  header_timeout,        // 408
  request_malformed,     // 400: request line, field syntax, NUL, bare CR, folded line
  version_unsupported,   // 505
  host_invalid,          // 400: none or two
  field_repeated,        // 400: a field that says who asks or what the body is, twice
  length_ambiguous,      // 400: Content-Length twice, not a number, or beside Transfer-Encoding
  encoding_unsupported,  // 501: a transfer coding that is not "chunked"
  target_invalid,        // 400: percent encoding, UTF-8, dot segments
  expectation_unknown,   // 417
  body_too_large,        // 413
  body_malformed,        // 400: chunk syntax
  body_timeout,          // 408
  websocket_refused,     // 426 or 400: the route, or the handshake
  deadline_exceeded,     // 503: the handler ran out of time
  handler_silent,        // 500: the handler returned without an answer
  connections_too_many,  // 503
  address_too_many,      // 503: connections of one address
  idle_timeout,          // closed without an answer
  write_timeout,         // closed: the client does not read
  tls_expected,          // 400: plain HTTP where TLS is spoken
  handshake_failed,      // closed: no TLS that we speak, or not in time
  last_ = handshake_failed,
};
inline constexpr std::size_t kRefusalCount = static_cast<std::size_t>(Refusal::last_) + 1;

struct RefusalFacts {
  int status;              // 0: closed without an answer
  std::string_view code;   // metric label and problem code
  std::string_view title;  // for people
};
[[nodiscard]] RefusalFacts facts_of(Refusal refusal);

class HttpMetrics {
 public:
  explicit HttpMetrics(Metrics& metrics);

  void refused(Refusal refusal) { refused_[static_cast<std::size_t>(refusal)]->add(); }
  void answered(int status, double seconds);

  Gauge& connections;
  Counter& accepted;
  Counter& accept_failures;

 private:
  std::array<Counter*, kRefusalCount> refused_{};
  std::array<Counter*, 5> answered_{};  // by class: 1xx to 5xx
  Histogram& duration_;
};

// How a WebSocket ended.
enum class WebSocketEnd : std::uint8_t {
  local,              // we closed, the peer agreed
  peer,               // the peer closed
  gone,               // the connection broke
  message_too_large,  // 1009
  fragments_too_many,
  control_flood,   // 1008
  not_utf8,        // 1007
  protocol_error,  // 1002
  idle_timeout,
  write_timeout,
  close_timeout,  // the peer did not answer our close
  abandoned,      // our owner let go without closing
  last_ = abandoned,
};
inline constexpr std::size_t kWebSocketEndCount = static_cast<std::size_t>(WebSocketEnd::last_) + 1;
[[nodiscard]] std::string_view name_of(WebSocketEnd end);

class WebSocketMetrics {
 public:
  explicit WebSocketMetrics(Metrics& metrics);

  void ended(WebSocketEnd end) { ended_[static_cast<std::size_t>(end)]->add(); }

  Gauge& open;
  Counter& dropped;

 private:
  std::array<Counter*, kWebSocketEndCount> ended_{};
};

}  // namespace antiphon

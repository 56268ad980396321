#include "net/metrics.h"

#include "core/check.h"

#include <algorithm>
#include <string>

namespace antiphon {

namespace {

constexpr std::array<RefusalFacts, kRefusalCount> kRefusals{{
    {431, "header_too_large", "The request's header is over the limit."},
    {431, "fields_too_many", "The request has too many header fields."},
    {408, "header_timeout", "The request's header took too long."},
    {400, "request_malformed", "The request is not valid HTTP."},
    {505, "version_unsupported", "The server speaks HTTP/1.1 and HTTP/1.0."},
    {400, "host_invalid", "The request needs exactly one Host field."},
    {400, "field_repeated", "A field that may be there once is there twice."},
    {400, "length_ambiguous", "The length of the request's body is ambiguous."},
    {501, "encoding_unsupported", "The only transfer coding is chunked."},
    {400, "target_invalid", "The request's path or query is not valid."},
    {417, "expectation_unknown", "The only expectation is 100-continue."},
    {413, "body_too_large", "The request's body is over the limit of this route."},
    {400, "body_malformed", "The request's body is not validly chunked."},
    {408, "body_timeout", "The request's body took too long."},
    {426, "websocket_refused", "This route and WebSocket do not go together."},
    {503, "deadline_exceeded", "The server did not finish in time; try again."},
    {500, "handler_silent", "The server failed to answer."},
    {503, "connections_too_many", "The server has too many connections; try again."},
    {503, "address_too_many", "Your address has too many connections; close some."},
    {0, "idle_timeout", ""},
    {0, "write_timeout", ""},
    {400, "tls_expected", "This port speaks HTTPS; write https:// in the address."},
    {0, "handshake_failed", ""},
}};

constexpr std::array<std::string_view, kWebSocketEndCount> kEnds{
    "local",         "peer",      "gone",           "message_too_large", "fragments_too_many",
    "control_flood", "not_utf8",  "protocol_error", "idle_timeout",      "write_timeout",
    "close_timeout", "abandoned",
};

}  // namespace

RefusalFacts facts_of(Refusal refusal) { return kRefusals[static_cast<std::size_t>(refusal)]; }

std::string_view name_of(WebSocketEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

HttpMetrics::HttpMetrics(Metrics& metrics)
    : connections(metrics.gauge("http_connections", "Open connections of the HTTP server.")),
      accepted(metrics.counter("http_accepted_total", "Connections accepted.")),
      accept_failures(metrics.counter(
          "http_accept_failures_total",
          "Accepts that failed for want of descriptors or memory; the server waits and retries.")),
      duration_(metrics.histogram("http_request_seconds",
                                  "From the complete head to the answer's last byte or first part.",
                                  latency_bounds())) {
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    refused_[i] = &metrics.counter("http_refused_total", "Requests and connections turned away.",
                                   {{"reason", std::string(kRefusals[i].code)}});
  }
  for (std::size_t i = 0; i < answered_.size(); ++i) {
    answered_[i] = &metrics.counter("http_responses_total", "Answers by class of status.",
                                    {{"status", std::to_string(i + 1) + "xx"}});
  }
}

void HttpMetrics::answered(int status, double seconds) {
  CHECK(status >= 100 && status < 600, "a handler answers with a status of HTTP");
  answered_[static_cast<std::size_t>(status / 100 - 1)]->add();
  duration_.observe(seconds);
}

WebSocketMetrics::WebSocketMetrics(Metrics& metrics)
    : open(metrics.gauge("websocket_open", "Open WebSockets.")),
      dropped(metrics.counter("websocket_dropped_total",
                              "Outgoing messages dropped or refused because the queue was full.")) {
  for (std::size_t i = 0; i < kWebSocketEndCount; ++i) {
    ended_[i] = &metrics.counter("websocket_ended_total", "WebSockets by how they ended.",
                                 {{"reason", std::string(kEnds[i])}});
  }
}

}  // namespace antiphon

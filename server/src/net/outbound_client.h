// The HTTP client for every place that a user of the server may name: tools, webhooks, imports,
// providers. HTTP/2 where the peer has it, warm connections, streamed answers, and no way around
// the guard (outbound_guard.h).
//
//   OutboundClient client(executor, clock, resolver, {});
//   auto answer = co_await client.send({.method = Method::post, .url = url, .body = json}, policy);
//   auto stream = co_await client.open({.url = url}, policy);
//   while (auto part = co_await stream->read(); part && !part->empty()) use(*part);
//   auto events = co_await client.open_events({.method = Method::post, .url = url}, policy);
//
// Redirects  at most `redirects_max`, each checked like a first request. 303, and 301 and 302 of a
//            POST, go on as GET without body. Another origin never gets `credentials`, nor a field
//            named Authorization, Cookie or Proxy-Authorization, nor a body; https never leads to
//            http.
// Limits  OutboundLimits. Cookies are not kept, proxies of the environment are not used.
// Errors  the guard's; invalid_argument (headers), unavailable, protocol_error, too_large (head,
//         decoded body, event), timeout, resource_exhausted (too many requests at the same time),
//         cancelled. A status of 400 or more is a Response, not an error.
// Thread  the executor. Streams go before their client.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"
#include "net/http.h"
#include "net/outbound_guard.h"
#include "wire/sse.h"

#include <memory>
#include <string>

namespace antiphon {

struct OutboundLimits {
  Duration timeout = std::chrono::seconds(20);  // send: the whole; open: until the answer's head
  Duration connect_timeout = std::chrono::seconds(5);  // of one address
  Duration idle_timeout = std::chrono::seconds(60);    // open: between two parts
  Duration stream_timeout = std::chrono::minutes(10);  // open: the whole
  std::size_t head_bytes_max = 64 * 1024;
  std::size_t body_bytes_max = 16 * 1024 * 1024;  // decoded; of streams too
  int redirects_max = 5;
  std::size_t requests_max = 1024;           // at the same time; one more is refused
  std::string certificate_authorities = {};  // a PEM file; empty: the system's store
};

struct OutboundRequest {
  Method method = Method::get;
  std::string url;
  Headers headers = {};
  // Fields that only the first origin may see: keys, tokens.
  Headers credentials = {};
  std::string body = {};
};

// An answer whose body comes in parts. Letting go of it ends the request.
class OutboundStream {
 public:
  OutboundStream(OutboundStream&&) noexcept;
  OutboundStream& operator=(OutboundStream&&) noexcept;
  ~OutboundStream();

  // Its body is empty: read() has it.
  [[nodiscard]] const Response& response() const;
  // "" at the end.
  Task<Result<std::string>> read();

 private:
  friend class OutboundClient;
  struct State;
  explicit OutboundStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Errors of next(): closed after the last event.
class OutboundEvents {
 public:
  [[nodiscard]] const Response& response() const { return stream_.response(); }
  // Where it is false the answer was something else: read it with rest().
  [[nodiscard]] bool is_stream() const { return is_stream_; }
  Task<Result<SseEvent>> next();
  Task<Result<std::string>> rest();

 private:
  friend class OutboundClient;
  explicit OutboundEvents(OutboundStream stream);
  OutboundStream stream_;
  SseParser parser_;
  bool is_stream_;
};

class OutboundClient {
 public:
  OutboundClient(const Executor& executor, Clock& clock, Resolver& resolver, OutboundLimits limits);
  OutboundClient(const OutboundClient&) = delete;
  OutboundClient& operator=(const OutboundClient&) = delete;
  ~OutboundClient();

  Task<Result<Response>> send(OutboundRequest request, OutboundPolicy policy);
  Task<Result<OutboundStream>> open(OutboundRequest request, OutboundPolicy policy);
  Task<Result<OutboundEvents>> open_events(OutboundRequest request, OutboundPolicy policy);

 private:
  friend class OutboundStream;
  struct State;
  Task<Result<OutboundStream>> follow(OutboundRequest request, OutboundPolicy policy);
  Task<Result<Response>> exchange(OutboundRequest request, OutboundPolicy policy);

  std::unique_ptr<State> state_;
};

}  // namespace antiphon

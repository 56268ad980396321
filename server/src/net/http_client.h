// A small HTTP client for the command line and for tests: one connection per request, http and
// https. Providers have their own (libcurl, HTTP/2). It follows no redirects and goes wherever it
// is told: never give it a URL that a user of the server chose.
//
//   HttpClient client(executor, clock, {});
//   auto response = co_await client.send({.method = Method::get, .url = url + "/healthz"});
//   auto stream = co_await client.open_events({.method = Method::post, .url = url, .body = json});
//   while (auto event = co_await stream->next()) print(event->data);
//
// Limits  HttpClientOptions.   Thread  the executor; any number of requests at the same time.
// Errors  invalid_argument (the URL), unavailable (no connection), protocol_error, too_large,
//         timeout, cancelled, closed. A status of 400 or more is a Response, not an error.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"
#include "net/http.h"
#include "wire/sse.h"

#include <memory>
#include <string>

namespace antiphon {

struct HttpClientOptions {
  Duration timeout =
      std::chrono::seconds(30);  // from the name lookup to the last byte of the answer
  Duration idle_timeout = std::chrono::seconds(60);  // between two events of a stream
  std::size_t body_max = 16 * 1024 * 1024;
  std::string certificate_authorities = {};  // a PEM file; empty: the system's store
};

struct ClientRequest {
  Method method = Method::get;
  std::string url;
  Headers headers = {};
  std::string body = {};
};

// The answer to open_events(). Errors of next(): closed after the last event.
class EventStream {
 public:
  EventStream(EventStream&&) noexcept;
  EventStream& operator=(EventStream&&) noexcept;
  ~EventStream();

  // Where the server answered something else than 200 with text/event-stream, the whole answer;
  // next() is closed.
  [[nodiscard]] const Response& response() const;
  [[nodiscard]] bool is_stream() const;
  Task<Result<SseEvent>> next();

 private:
  friend class HttpClient;
  struct State;
  explicit EventStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class HttpClient {
 public:
  HttpClient(Executor executor, Clock& clock, HttpClientOptions options);

  Task<Result<Response>> send(ClientRequest request);
  Task<Result<EventStream>> open_events(ClientRequest request);

 private:
  Task<Result<Response>> exchange(ClientRequest request);
  Task<Result<EventStream>> open(ClientRequest request);

  Executor executor_;
  Clock& clock_;
  HttpClientOptions options_;
};

}  // namespace antiphon

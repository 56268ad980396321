// HTTP as handlers see it: requests, responses and a writer for answers that come in parts.
//
//   Task<> hello(Request request, ResponseWriter& writer) {
//     static_cast<void>(co_await writer.send({.status = 200, .headers = {}, .body = "hello"}));
//   }
//
// Limits  set by the server (net/http_server.h) before a handler runs; what a handler sees has
//         passed them.
// Thread  the executor of the server.
// Source  RFC 9110, RFC 9112.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] std::string_view name_of(Method method);
[[nodiscard]] Method parse_method(std::string_view name);

// Fields in their order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  // Replaces every field of that name.
  void set(std::string name, std::string value);
  void erase(std::string_view name);
  // The first value of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }
  // True when a comma-separated field holds `token`, in any case.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

// What is known before the body is read.
struct RequestHead {
  Method method = Method::get;
  std::string method_text;  // as it was sent
  std::string target;       // as it was sent: path and query, still encoded
  // "/api/agents/a%2Fb" is {"api", "agents", "a/b"}; valid UTF-8 without NUL, "." or "..".
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  // Of the client, without port: the socket's other end, or whom a trusted proxy names.
  std::string remote_address;
  bool is_secure = false;  // over TLS, ours or a trusted proxy's
  std::string request_id;  // also in the answer and in problems
  Timepoint received{};    // when the head was complete

  // The path, still encoded, without the query.
  [[nodiscard]] std::string_view path() const;
  // The first parameter of that name.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  // The client asks to speak WebSocket (RFC 6455 section 4.2.1).
  [[nodiscard]] bool wants_websocket() const;
};

struct Request : RequestHead {
  std::string body;
};

struct Response {
  int status = 200;
  Headers headers;  // Content-Length, Date and Connection are added when sent
  std::string body;
};

// An application/problem+json answer (RFC 9457) with a stable code; for layers that have no JSON
// library.
[[nodiscard]] Response make_problem(int status, std::string_view code, std::string_view title);

struct UpgradedSocket;  // net/upgraded_socket.h

// The way back to the client. Exactly one of: send(); start(), write()..., finish();
// accept_websocket().
//
// Errors  closed: the client has gone, or did not read in time. A handler then returns; nothing
//         more is due.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;

  virtual Task<Result<>> send(Response response) = 0;
  // An answer in parts: chunked, or of the Content-Length among the headers; each write is on its
  // way when it returns. The request's deadline ends here. While it runs, a client that goes away
  // cancels the handler: its waits return ErrorCode::cancelled.
  virtual Task<Result<>> start(int status, Headers headers) = 0;
  virtual Task<Result<>> write(std::string_view part) = 0;
  // Optional: a handler that returns has finished.
  virtual Task<Result<>> finish() = 0;
  [[nodiscard]] virtual bool is_started() const = 0;

  // For accept_websocket alone. Null where the request cannot be upgraded.
  [[nodiscard]] virtual std::unique_ptr<UpgradedSocket> take_socket();
};

// Starts text/event-stream with the headers that keep proxies from holding it back.
[[nodiscard]] Task<Result<>> start_event_stream(ResponseWriter& writer);

}  // namespace antiphon

#include "net/http_connection.h"

#include "core/base64.h"
#include "core/utf8.h"
#include "net/upgraded_socket.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t kBusyTurnsMax = 16;
constexpr std::size_t kLingerBytesMax = 4 * 1024 * 1024;

// The length of the complete head at the front of `buffer`; 0 when more must come. `scanned` is
// kept between calls. A bare LF can never become a head that we accept, so it is refused before the
// rest arrives.
std::expected<std::size_t, Refusal> find_head_end(const std::string& buffer, std::size_t& scanned) {
  for (auto newline = buffer.find('\n', scanned); newline != std::string::npos;
       newline = buffer.find('\n', scanned)) {
    if (newline == 0 || buffer[newline - 1] != '\r') {
      return std::unexpected(Refusal::request_malformed);
    }
    if (newline >= 2 && buffer[newline - 2] == '\n') return newline + 1;
    scanned = newline + 1;
  }
  scanned = buffer.size();
  return 0;
}

// RFC 6455 section 4.2.1; what Beast would refuse is refused while the answer can still be HTTP.
bool is_handshake(const RequestHead& head) {
  const auto key = base64_decode(head.headers.find("Sec-WebSocket-Key").value_or(""));
  return head.wants_websocket() && head.headers.find("Sec-WebSocket-Version") == "13" && key &&
         key->size() == 16;
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, std::string peer,
                               std::shared_ptr<HttpContext> context)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      network_(network_of(peer_)),
      context_(std::move(context)),
      watcher_(socket_.get_executor()) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Task<> HttpConnection::run() {
  if (context_->tls != nullptr && !co_await shake_hands()) {
    close_now();
    co_return;
  }
  while (auto request = co_await read_request()) {
    if (!co_await answer(std::move(*request))) break;
  }
  if (answer_ == Answer::complete) co_await linger();
  close_now();
}

Task<> HttpConnection::turn_away(Refusal refusal) {
  co_await refuse(refusal);
  close_now();
}

Task<std::optional<Request>> HttpConnection::read_request() {
  is_named_ = false;
  const auto length = co_await read_head();
  if (!length) co_return std::nullopt;
  RequestParser parser;
  Request request;
  request.received = received_ = context_->clock.now();
  const auto refusal = parser.read_head(std::string_view(buffer_).substr(0, *length),
                                        context_->limits.header_fields_max, request);
  edge_ = context_->edge.identify(request, peer_, tls_ != nullptr);
  answer_ = Answer::none;
  is_named_ = true;
  if (refusal) {
    co_await refuse(*refusal);
    co_return std::nullopt;
  }
  const RequestPolicy policy = context_->policy(request);
  request_deadline_ = received_ + policy.deadline;
  is_head_ = request.method == Method::head;
  is_chunked_ = !parser.facts().is_version_1_0;
  may_upgrade_ = policy.websocket == Upgrade::allowed && is_chunked_ && is_handshake(request);
  buffer_.erase(0, *length);
  keeps_alive_ = parser.keeps_alive() && is_chunked_ && !context_->is_stopping &&
                 ++request_count_ < context_->limits.requests_per_connection_max;
  if (!co_await read_body(parser, policy, request)) co_return std::nullopt;
  co_return request;
}

Task<std::optional<std::size_t>> HttpConnection::read_head() {
  const auto& limits = context_->limits;
  const bool is_fresh = request_count_ == 0;
  is_expired_ = false;
  if (is_fresh || !buffer_.empty()) {
    enter(Phase::header, limits.header_timeout);
  } else {
    enter(Phase::waiting, limits.idle_timeout);
  }
  std::size_t scanned = 0;
  while (true) {
    // Empty lines before a request are to be ignored (RFC 9112 section 2.2).
    while (buffer_.starts_with("\r\n"))
      buffer_.erase(0, 2), scanned = 0;
    auto length = find_head_end(buffer_, scanned);
    if (length && (*length > limits.header_bytes_max ||
                   (*length == 0 && buffer_.size() > limits.header_bytes_max))) {
      length = std::unexpected(Refusal::header_too_large);
    }
    if (length && *length > 0) co_return *length;
    if (length && !co_await fill()) {
      if (!is_expired_ || buffer_.empty()) co_return std::nullopt;
      length = std::unexpected(Refusal::header_timeout);
    }
    if (!length) {
      co_await refuse(length.error());
      co_return std::nullopt;
    }
    if (phase_ == Phase::waiting) enter(Phase::header, limits.header_timeout);
  }
}

Task<bool> HttpConnection::read_body(RequestParser& parser, const RequestPolicy& policy,
                                     Request& request) {
  std::optional<Refusal> refusal;
  const auto& facts = parser.facts();
  const auto expectation = request.headers.find("Expect");
  if (facts.content_length.value_or(0) > policy.body_max) {
    refusal = Refusal::body_too_large;
  } else if (expectation && to_lower_ascii(*expectation) != "100-continue") {
    refusal = Refusal::expectation_unknown;
  } else if (expectation && !parser.is_done() && buffer_.empty() && is_chunked_) {
    if (!co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
  }
  parser.set_body_max(policy.body_max);
  enter(Phase::body, request_deadline_ - context_->clock.now());
  while (!refusal && !parser.is_done()) {
    const auto used = parser.read_body(buffer_, refusal);
    buffer_.erase(0, used);
    if (refusal || parser.is_done()) break;
    if (buffer_.size() > context_->limits.header_bytes_max) {
      refusal = Refusal::body_malformed;  // a chunk's extension or trailer without end
    } else if (!co_await fill()) {
      if (!is_expired_) co_return false;
      refusal = Refusal::body_timeout;
    }
  }
  if (refusal) {
    co_await refuse(*refusal);
    co_return false;
  }
  request.body = parser.take_body();
  co_return true;
}

Task<bool> HttpConnection::answer(Request request) {
  if (++busy_turns_ % kBusyTurnsMax == 0) co_await asio::post(asio::use_awaitable);
  answer_ = Answer::none;
  is_expired_ = false;
  enter(Phase::handling, request_deadline_ - context_->clock.now());
  handler_runs_ = true;
  if (auto preflight = context_->edge.preflight(request)) {
    static_cast<void>(co_await send(std::move(*preflight)));
  } else {
    co_await context_->handler(std::move(request), *this);
  }
  handler_runs_ = false;
  // A deadline cancelled the handler, not what comes after it.
  co_await asio::this_coro::reset_cancellation_state();
  watcher_.cancel();
  co_await watcher_.join();
  if (answer_ == Answer::upgraded || phase_ == Phase::closed) co_return false;
  if (answer_ == Answer::none) {
    co_await refuse(is_expired_ ? Refusal::deadline_exceeded : Refusal::handler_silent);
    co_return false;
  }
  if (answer_ == Answer::streaming) static_cast<void>(co_await finish());
  co_return keeps_alive_ && !context_->is_stopping && phase_ != Phase::closed;
}

Task<> HttpConnection::refuse(Refusal refusal) {
  const auto facts = facts_of(refusal);
  context_->counts.refused(refusal);
  // What could not be read names nobody, and nobody's id may be in its answer.
  if (!std::exchange(is_named_, false)) edge_ = context_->edge.stranger(tls_ != nullptr);
  Response response = make_problem(facts.status, facts.code, facts.title);
  if (facts.status == 503) response.headers.add("Retry-After", "1");
  keeps_alive_ = false;
  name_request(response.body, edge_.request_id);
  const std::string head = make_head(facts.status, response.headers, response.body.size());
  if (is_head_) response.body.clear();
  answer_ = Answer::complete;
  if (co_await write_all(head, response.body)) co_await linger();
}

// Closing while the client still sends makes its kernel throw our answer away, so read on for a
// moment.
Task<> HttpConnection::linger() {
  if (phase_ == Phase::closed || phase_ == Phase::lingering) co_return;
  boost::system::error_code ignored;
  if (tls_) {
    tls_->close();
    static_cast<void>(co_await flush());
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  is_expired_ = false;
  enter(Phase::lingering, context_->limits.linger_timeout);
  std::size_t thrown_away = 0;
  do {
    thrown_away += buffer_.size();
    buffer_.clear();
  } while (thrown_away < kLingerBytesMax && co_await fill());
}

// While an answer streams, only a read can tell that the client has gone.
Task<> HttpConnection::watch_client() {
  const auto keep = shared_from_this();
  while (buffer_.size() < context_->limits.header_bytes_max) {
    const auto outcome = read_now();
    if (outcome == Io::ended) {
      close_now();  // a write that waits for room ends as well
      if (handler_runs_) cancel_.emit(asio::cancellation_type::terminal);
      co_return;
    }
    co_await socket_.async_wait(asio::ip::tcp::socket::wait_read,
                                asio::as_tuple(asio::use_awaitable));
    if (co_await is_cancelled()) co_return;
  }
}

void HttpConnection::check(Timepoint now) {
  if (now < deadline_) return;
  deadline_ = Timepoint::max();
  is_expired_ = true;
  boost::system::error_code ignored;
  switch (phase_) {
    case Phase::waiting:
      context_->counts.refused(Refusal::idle_timeout);
      close_now();
      break;
    case Phase::handshake:
    case Phase::header:
    case Phase::body:
      socket_.cancel(ignored);
      break;
    case Phase::handling:
      cancel_.emit(asio::cancellation_type::terminal);
      break;
    case Phase::writing:
      context_->counts.refused(Refusal::write_timeout);
      close_now();
      if (handler_runs_) cancel_.emit(asio::cancellation_type::terminal);
      break;
    case Phase::lingering:
      close_now();
      break;
    case Phase::closed:
      break;
  }
}

void HttpConnection::end_if_idle() {
  keeps_alive_ = false;
  if (phase_ == Phase::handshake || phase_ == Phase::waiting ||
      (phase_ == Phase::header && buffer_.empty())) {
    close_now();
  }
}

void HttpConnection::end() {
  keeps_alive_ = false;
  if (handler_runs_) {
    cancel_.emit(asio::cancellation_type::terminal);
  } else {
    close_now();
  }
}

void HttpConnection::enter(Phase phase, Duration time_left) {
  if (phase_ == Phase::closed) return;
  phase_ = phase;
  deadline_ = context_->clock.now() + time_left;
}

void HttpConnection::close_now() {
  phase_ = Phase::closed;
  deadline_ = Timepoint::max();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Task<bool> HttpConnection::fill() {
  if (++busy_turns_ % kBusyTurnsMax == 0) co_await asio::post(asio::use_awaitable);
  while (!is_expired_ && phase_ != Phase::closed) {
    const auto outcome = read_now();
    if (outcome != Io::blocked) co_return outcome == Io::done;
    co_await socket_.async_wait(asio::ip::tcp::socket::wait_read,
                                asio::as_tuple(asio::use_awaitable));
  }
  co_return false;
}

}  // namespace antiphon

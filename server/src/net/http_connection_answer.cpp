// The half of HttpConnection that handlers see: ResponseWriter.
#include "core/check.h"
#include "net/http_connection.h"
#include "net/upgraded_socket.h"

#include <boost/asio/this_coro.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

constexpr std::size_t kSmallBody = 16 * 1024;

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

// A value that came from a user cannot end the field and begin another.
void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  const auto start = head.size();
  head += value;
  std::replace_if(
      head.begin() + static_cast<std::ptrdiff_t>(start), head.end(),
      [](char letter) { return letter == '\r' || letter == '\n' || letter == '\0'; }, ' ');
  head += "\r\n";
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

std::unexpected<Error> client_gone() {
  return failure(ErrorCode::closed, "the client has closed the connection or does not read");
}

}  // namespace

const std::string& HttpContext::date() {
  const auto second = std::chrono::system_clock::to_time_t(clock.wall());
  if (date_text.empty() || second != date_second) {
    date_second = second;
    date_text = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(second));
  }
  return date_text;
}

std::string HttpConnection::make_head(int status, const Headers& headers,
                                      std::optional<std::size_t> length) {
  std::string head;
  head.reserve(512);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", status, reason_of(status));
  append_field(head, "Date", context_->date());
  for (const auto& [name, value] : headers)
    append_field(head, name, value);
  if (headers.has_token("Connection", "close")) keeps_alive_ = false;
  context_->edge.dress(head, headers, edge_);
  if (length && !has_no_body(status)) append_field(head, "Content-Length", std::to_string(*length));
  if (!length && is_chunked_) append_field(head, "Transfer-Encoding", "chunked");
  if (!keeps_alive_ || context_->is_stopping) append_field(head, "Connection", "close");
  head += "\r\n";
  return head;
}

void HttpConnection::note_answer(int status) {
  const std::chrono::duration<double> took = context_->clock.now() - received_;
  context_->counts.answered(status, took.count());
}

Task<Result<>> HttpConnection::send(Response response) {
  CHECK(answer_ == Answer::none, "a handler answers once");
  answer_ = Answer::complete;
  if (response.status >= 400 &&
      response.headers.find("Content-Type") == "application/problem+json") {
    name_request(response.body, edge_.request_id);
  }
  std::string head = make_head(response.status, response.headers, response.body.size());
  if (is_head_ || has_no_body(response.status)) response.body.clear();
  if (response.body.size() <= kSmallBody) {
    head += response.body;
    response.body.clear();
  }
  const bool is_written = co_await write_all(head, response.body);
  note_answer(response.status);
  if (!is_written) co_return client_gone();
  co_return Result<>{};
}

Task<Result<>> HttpConnection::start(int status, Headers headers) {
  CHECK(answer_ == Answer::none, "a handler answers once");
  answer_ = Answer::streaming;
  promised_ = 0;
  if (const auto length = headers.find("Content-Length")) {
    std::from_chars(length->data(), length->data() + length->size(), promised_);
    is_chunked_ = false;
  } else if (!is_chunked_) {
    keeps_alive_ = false;
  }
  const std::string head = make_head(status, headers, std::nullopt);
  if (!co_await write_all(head, {})) co_return client_gone();
  note_answer(status);
  deadline_ = Timepoint::max();
  watcher_.spawn(watch_client());
  co_return Result<>{};
}

Task<Result<>> HttpConnection::write(std::string_view part) {
  CHECK(answer_ == Answer::streaming, "parts are written between start() and finish()");
  if (part.empty() || is_head_) co_return Result<>{};
  promised_ -= std::min<std::uint64_t>(promised_, part.size());
  std::string chunk = is_chunked_ ? fmt::format("{:x}\r\n", part.size()) : std::string{};
  chunk += part;
  if (is_chunked_) chunk += "\r\n";
  if (!co_await write_all(chunk, {})) co_return client_gone();
  deadline_ = Timepoint::max();
  co_return Result<>{};
}

Task<Result<>> HttpConnection::finish() {
  if (answer_ != Answer::streaming) co_return Result<>{};
  answer_ = Answer::complete;
  // The client still waits for what was promised: only a closed connection tells it the truth.
  if (promised_ > 0 && !is_head_) keeps_alive_ = false;
  if (is_chunked_ && !is_head_ && !co_await write_all("0\r\n\r\n", {})) co_return client_gone();
  deadline_ = Timepoint::max();
  co_return Result<>{};
}

std::unique_ptr<UpgradedSocket> HttpConnection::take_socket() {
  if (!may_upgrade_ || answer_ != Answer::none) {
    context_->counts.refused(Refusal::websocket_refused);
    return nullptr;
  }
  if (tls_) {
    // What follows the request's head and has arrived; the rest stays with the socket. What OpenSSL
    // has read of a record that is not all there it keeps itself.
    while (tls_->read(buffer_) == TlsSession::Step::done) {
    }
  }
  answer_ = Answer::upgraded;
  phase_ = Phase::closed;
  deadline_ = Timepoint::max();
  return std::make_unique<UpgradedSocket>(std::move(socket_), std::move(buffer_), context_->clock,
                                          context_->websocket_counts, std::move(tls_));
}

}  // namespace antiphon

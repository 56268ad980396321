#include "net/http_client.h"

#include "net/connect.h"
#include "net/response_parser.h"

#include <array>

namespace antiphon {

namespace {

// A connection with one request on it, and what of its answer has been read.
struct Exchange {
  Exchange(std::unique_ptr<ByteStream> stream_in, Method method, std::size_t body_max)
      : stream(std::move(stream_in)), parser(method, body_max) {}

  std::unique_ptr<ByteStream> stream;
  ResponseParser parser;
  std::string unused;
  std::array<char, 16 * 1024> chunk;

  // Reads once. Errors as the stream's and the parser's.
  Task<Result<>> advance() {
    const auto count = co_await stream->read_some(chunk);
    if (!count) co_return std::unexpected(count.error());
    if (*count == 0) co_return parser.end_of_stream();
    unused.append(chunk.data(), *count);
    co_return parse();
  }

  Result<> parse() {
    while (!parser.is_done() && !unused.empty()) {
      const auto used = parser.read(unused);
      if (!used) return std::unexpected(used.error());
      unused.erase(0, *used);
      if (*used == 0) break;
    }
    return {};
  }
};

std::string write_request(const ClientRequest& request, const Url& url) {
  std::string head{name_of(request.method)};
  head += " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers)
    head += name + ": " + value + "\r\n";
  const bool expects_body = request.method == Method::post || request.method == Method::put ||
                            request.method == Method::patch;
  if (expects_body || !request.body.empty()) {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head + "\r\n" + request.body;
}

bool has_line_break(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return true;
  }
  return false;
}

Task<Result<std::unique_ptr<Exchange>>> start(ClientRequest request, HttpClientOptions options) {
  const auto url = Url::parse(request.url);
  if (!url) co_return std::unexpected(url.error());
  if (has_line_break(request.headers)) {
    co_return failure(ErrorCode::invalid_argument, "a header of the request holds a line break");
  }
  auto stream = co_await connect_stream(*url, options.certificate_authorities);
  if (!stream) co_return std::unexpected(stream.error());
  const std::string bytes = write_request(request, *url);
  auto exchange = std::make_unique<Exchange>(std::move(*stream), request.method, options.body_max);
  // A server may refuse a large body before it has read it, so its answer counts even when writing
  // failed.
  const auto written = co_await exchange->stream->write(bytes);
  while (!exchange->parser.is_head_done()) {
    const auto advanced = co_await exchange->advance();
    if (!advanced) co_return std::unexpected(written ? advanced.error() : written.error());
  }
  co_return exchange;
}

Task<Result<Response>> read_rest(Exchange& exchange) {
  while (!exchange.parser.is_done()) {
    const auto advanced = co_await exchange.advance();
    if (!advanced) co_return std::unexpected(advanced.error());
  }
  Response response = exchange.parser.head();
  response.body = exchange.parser.take_body();
  co_return response;
}

}  // namespace

struct EventStream::State {
  State(Clock& clock_in, Duration idle_timeout_in)
      : clock(clock_in), idle_timeout(idle_timeout_in) {}

  Clock& clock;
  Duration idle_timeout;
  std::unique_ptr<Exchange> exchange;
  Response response;
  SseParser events;
  bool is_stream = false;

  Task<Result<SseEvent>> next() {
    while (true) {
      if (auto event = events.pop()) co_return std::move(*event);
      if (!is_stream || exchange->parser.is_done()) {
        co_return failure(ErrorCode::closed, "the event stream has ended");
      }
      const auto advanced = co_await exchange->advance();
      if (!advanced) co_return std::unexpected(advanced.error());
      const auto fed = events.feed(exchange->parser.take_body());
      if (!fed) co_return std::unexpected(fed.error());
    }
  }
};

EventStream::EventStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

const Response& EventStream::response() const { return state_->response; }

bool EventStream::is_stream() const { return state_->is_stream; }

Task<Result<SseEvent>> EventStream::next() {
  co_return co_await with_deadline(state_->clock, state_->clock.now() + state_->idle_timeout,
                                   state_->next());
}

HttpClient::HttpClient(Executor executor, Clock& clock, HttpClientOptions options)
    : executor_(std::move(executor)), clock_(clock), options_(std::move(options)) {}

Task<Result<Response>> HttpClient::exchange(ClientRequest request) {
  auto exchange = co_await start(std::move(request), options_);
  if (!exchange) co_return std::unexpected(exchange.error());
  co_return co_await read_rest(**exchange);
}

Task<Result<Response>> HttpClient::send(ClientRequest request) {
  co_return co_await with_deadline(clock_, clock_.now() + options_.timeout,
                                   exchange(std::move(request)));
}

Task<Result<EventStream>> HttpClient::open(ClientRequest request) {
  auto state = std::make_unique<EventStream::State>(clock_, options_.idle_timeout);
  auto started = co_await start(std::move(request), options_);
  if (!started) co_return std::unexpected(started.error());
  state->exchange = std::move(*started);
  state->response = state->exchange->parser.head();
  const auto type = state->response.headers.find("Content-Type").value_or("");
  state->is_stream = state->response.status == 200 && type.starts_with("text/event-stream");
  if (!state->is_stream) {
    auto whole = co_await read_rest(*state->exchange);
    if (!whole) co_return std::unexpected(whole.error());
    state->response = std::move(*whole);
    co_return EventStream(std::move(state));
  }
  state->exchange->parser.lift_body_max();
  const auto fed = state->events.feed(state->exchange->parser.take_body());
  if (!fed) co_return std::unexpected(fed.error());
  co_return EventStream(std::move(state));
}

Task<Result<EventStream>> HttpClient::open_events(ClientRequest request) {
  co_return co_await with_deadline(clock_, clock_.now() + options_.timeout,
                                   open(std::move(request)));
}

}  // namespace antiphon

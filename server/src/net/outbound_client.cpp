#include "net/outbound_client.h"

#include "core/utf8.h"
#include "net/curl_transfer.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

// Fields that say where a message ends or whom it is for: ours alone.
constexpr std::array<std::string_view, 10> kOwnFields = {
    "connection", "content-length",    "expect", "host",
    "keep-alive", "proxy-connection",  "te",     "trailer",
    "upgrade",    "transfer-encoding",
};
constexpr std::array<std::string_view, 3> kCredentialFields = {"authorization", "cookie",
                                                               "proxy-authorization"};

bool is_token(std::string_view name) {
  static constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOther.contains(c);
  });
}

Result<> check_headers(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) ||
        value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return failure(ErrorCode::invalid_argument,
                     "a header of the request is not a name and one line of text");
    }
    if (std::ranges::find(kOwnFields, to_lower_ascii(name)) != kOwnFields.end()) {
      return failure(ErrorCode::invalid_argument,
                     "the header " + to_lower_ascii(name) + " is set by the client itself");
    }
  }
  return {};
}

Result<> check_request(const OutboundRequest& request) {
  if (request.method == Method::other) {
    return failure(ErrorCode::invalid_argument, "the request's method is not known");
  }
  const bool is_bodiless = request.method == Method::get || request.method == Method::head;
  if (is_bodiless && !request.body.empty()) {
    return failure(ErrorCode::invalid_argument, "a GET or HEAD request has no body");
  }
  if (auto checked = check_headers(request.headers); !checked) return checked;
  return check_headers(request.credentials);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// The request that a redirect asks for. Errors: permission_denied.
Result<> redirect(OutboundRequest& request, const OutboundUrl& from, const OutboundUrl& to,
                  int status) {
  if (from.is_https && !to.is_https) {
    return failure(ErrorCode::permission_denied, "a redirect from https to http is not followed");
  }
  const bool becomes_get = status == 303 || (status < 303 && request.method == Method::post);
  if (becomes_get && request.method != Method::head) {
    request.method = Method::get;
    request.body.clear();
    for (const char* name : {"Content-Type", "Content-Encoding"})
      request.headers.erase(name);
  }
  if (from.is_same_origin(to)) return {};
  if (!request.body.empty()) {
    return failure(ErrorCode::permission_denied,
                   "a redirect may not take the request's body to another origin");
  }
  request.credentials = {};
  for (const std::string_view name : kCredentialFields)
    request.headers.erase(name);
  return {};
}

}  // namespace

struct OutboundClient::State {
  State(const Executor& executor, Clock& clock_in, Resolver& resolver, OutboundLimits limits_in)
      : clock(clock_in),
        guard(resolver),
        limits(std::move(limits_in)),
        loop(executor, limits.certificate_authorities) {}

  Clock& clock;
  OutboundGuard guard;
  OutboundLimits limits;
  CurlLoop loop;
  std::size_t requests = 0;

  // Tries the addresses in their order; the transfer that is returned has its head.
  Task<Result<std::unique_ptr<CurlTransfer>>> connect(const OutboundRequest& request,
                                                      const CheckedTarget& target) {
    Headers headers = request.headers;
    for (const auto& [name, value] : request.credentials)
      headers.set(name, value);
    for (std::size_t i = 0;; ++i) {
      auto transfer = std::make_unique<CurlTransfer>(
          loop, TransferPlan{request.method, target.url, target.addresses[i], headers, request.body,
                             limits.head_bytes_max, limits.body_bytes_max,
                             to_milliseconds(limits.connect_timeout)});
      const auto waited = co_await transfer->wait_head();
      if (waited) co_return std::move(transfer);
      const bool goes_on = transfer->failed_to_connect() && i + 1 < target.addresses.size();
      if (!goes_on) co_return std::unexpected(waited.error());
    }
  }
};

struct OutboundStream::State {
  explicit State(OutboundClient::State& client_in) : client(client_in) { ++client.requests; }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    transfer.reset();
    --client.requests;
  }

  OutboundClient::State& client;
  std::unique_ptr<CurlTransfer> transfer;
  Timepoint deadline{};
};

OutboundStream::OutboundStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
OutboundStream::OutboundStream(OutboundStream&&) noexcept = default;
OutboundStream& OutboundStream::operator=(OutboundStream&&) noexcept = default;
OutboundStream::~OutboundStream() = default;

const Response& OutboundStream::response() const { return state_->transfer->head(); }

Task<Result<std::string>> OutboundStream::read() {
  const OutboundClient::State& client = state_->client;
  const Timepoint until =
      std::min(state_->deadline, client.clock.now() + client.limits.idle_timeout);
  co_return co_await with_deadline(client.clock, until, state_->transfer->read());
}

OutboundEvents::OutboundEvents(OutboundStream stream) : stream_(std::move(stream)) {
  const auto type = response().headers.find("Content-Type").value_or("");
  is_stream_ = response().status == 200 && type.starts_with("text/event-stream");
}

Task<Result<SseEvent>> OutboundEvents::next() {
  while (is_stream_) {
    if (auto event = parser_.pop()) co_return std::move(*event);
    auto part = co_await stream_.read();
    if (!part) co_return std::unexpected(part.error());
    if (part->empty()) break;
    if (auto fed = parser_.feed(*part); !fed) co_return std::unexpected(fed.error());
  }
  co_return failure(ErrorCode::closed, "the event stream has ended");
}

Task<Result<std::string>> OutboundEvents::rest() {
  std::string body;
  while (true) {
    auto part = co_await stream_.read();
    if (!part) co_return std::unexpected(part.error());
    if (part->empty()) co_return body;
    body += *part;
  }
}

OutboundClient::OutboundClient(const Executor& executor, Clock& clock, Resolver& resolver,
                               OutboundLimits limits)
    : state_(std::make_unique<State>(executor, clock, resolver, std::move(limits))) {}

OutboundClient::~OutboundClient() = default;

Task<Result<OutboundStream>> OutboundClient::follow(OutboundRequest request,
                                                    OutboundPolicy policy) {
  auto stream = std::make_unique<OutboundStream::State>(*state_);
  std::string url = request.url;
  std::optional<OutboundUrl> from;
  int last_status = 0;
  for (int redirects = 0;; ++redirects) {
    auto target = co_await state_->guard.check(url, policy);
    if (!target) co_return std::unexpected(target.error());
    if (from) {
      auto followed = redirect(request, *from, target->url, last_status);
      if (!followed) co_return std::unexpected(followed.error());
    }
    auto transfer = co_await state_->connect(request, *target);
    if (!transfer) co_return std::unexpected(transfer.error());
    last_status = (*transfer)->head().status;
    const auto location = (*transfer)->head().headers.find("Location").value_or("");
    if (!is_redirect(last_status) || location.empty()) {
      stream->transfer = std::move(*transfer);
      stream->deadline = state_->clock.now() + state_->limits.stream_timeout;
      co_return OutboundStream(std::move(stream));
    }
    if (redirects == state_->limits.redirects_max) {
      co_return failure(ErrorCode::protocol_error, "the target redirects too often");
    }
    url = resolve_location(target->url, location);
    from = std::move(target->url);
  }
}

Task<Result<OutboundStream>> OutboundClient::open(OutboundRequest request, OutboundPolicy policy) {
  if (auto checked = check_request(request); !checked) co_return std::unexpected(checked.error());
  if (state_->requests >= state_->limits.requests_max) {
    co_return failure(ErrorCode::resource_exhausted,
                      "too many outbound requests are running; try again");
  }
  co_return co_await with_deadline(state_->clock, state_->clock.now() + state_->limits.timeout,
                                   follow(std::move(request), std::move(policy)));
}

Task<Result<OutboundEvents>> OutboundClient::open_events(OutboundRequest request,
                                                         OutboundPolicy policy) {
  if (!request.headers.contains("Accept")) request.headers.add("Accept", "text/event-stream");
  auto stream = co_await open(std::move(request), std::move(policy));
  if (!stream) co_return std::unexpected(stream.error());
  co_return OutboundEvents(std::move(*stream));
}

Task<Result<Response>> OutboundClient::exchange(OutboundRequest request, OutboundPolicy policy) {
  auto stream = co_await open(std::move(request), std::move(policy));
  if (!stream) co_return std::unexpected(stream.error());
  Response response = stream->response();
  while (true) {
    auto part = co_await stream->read();
    if (!part) co_return std::unexpected(part.error());
    if (part->empty()) co_return response;
    response.body += *part;
  }
}

Task<Result<Response>> OutboundClient::send(OutboundRequest request, OutboundPolicy policy) {
  co_return co_await with_deadline(state_->clock, state_->clock.now() + state_->limits.timeout,
                                   exchange(std::move(request), std::move(policy)));
}

}  // namespace antiphon

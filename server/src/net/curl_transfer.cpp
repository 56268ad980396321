#include "net/curl_transfer.h"

#include "core/check.h"
#include "core/utf8.h"
#include "net/curl_loop_state.h"

#include <curl/curl.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace antiphon {

namespace {

// What is held for a reader before the peer is told to wait.
constexpr std::size_t kWaitingBytesMax = 256 * 1024;

std::size_t header_callback(char* bytes, std::size_t size, std::size_t count, void* state) {
  return static_cast<CurlTransfer::State*>(state)->on_header({bytes, size * count});
}

std::size_t body_callback(char* bytes, std::size_t size, std::size_t count, void* state) {
  return static_cast<CurlTransfer::State*>(state)->on_body({bytes, size * count});
}

// The last door: whatever libcurl made of the URL, no socket goes to an address that was not
// checked.
curl_socket_t open_socket(void* state, curlsocktype, curl_sockaddr* wanted) {
  const TransferPlan& plan = static_cast<CurlTransfer::State*>(state)->plan;
  bool is_checked = false;
  const auto& bytes = plan.address.bytes();
  if (wanted->family == AF_INET && plan.address.is_v4()) {
    sockaddr_in address{};
    std::memcpy(&address, &wanted->addr, sizeof(address));
    is_checked = std::memcmp(&address.sin_addr, bytes.data(), 4) == 0 &&
                 ntohs(address.sin_port) == plan.url.port;
  } else if (wanted->family == AF_INET6 && !plan.address.is_v4()) {
    sockaddr_in6 address{};
    std::memcpy(&address, &wanted->addr, sizeof(address));
    is_checked = std::memcmp(&address.sin6_addr, bytes.data(), 16) == 0 &&
                 ntohs(address.sin6_port) == plan.url.port;
  }
  if (!is_checked) return CURL_SOCKET_BAD;
  return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

std::string bracketed(const std::string& host) {
  return host.contains(':') ? "[" + host + "]" : host;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::protocol_error;
  }
}

}  // namespace

CurlTransfer::State::State(CurlLoop::State& loop_in, TransferPlan plan_in)
    : loop(loop_in), plan(std::move(plan_in)), easy(curl_easy_init()), changed(loop.executor) {
  CHECK(easy != nullptr, "libcurl has memory for a transfer");
  configure();
  configure_body();
  is_added = true;
  curl_multi_add_handle(loop.multi, easy);
}

CurlTransfer::State::~State() {
  if (is_added) curl_multi_remove_handle(loop.multi, easy);
  curl_easy_cleanup(easy);
  curl_slist_free_all(static_cast<curl_slist*>(header_list));
  curl_slist_free_all(static_cast<curl_slist*>(connect_list));
}

void CurlTransfer::State::configure() {
  const std::string url = plan.url.to_string();
  const std::string port = std::to_string(plan.url.port);
  // Names libcurl the address: it looks nothing up, and keeps warm connections by the address,
  // so that one workspace's private target is never reached through another's.
  const std::string connect_to = bracketed(plan.url.host) + ":" + port + ":" +
                                 bracketed(plan.address.to_string()) + ":" + port;
  connect_list = curl_slist_append(nullptr, connect_to.c_str());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_list);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  // An environment's proxy would connect for us, to an address that nobody checked.
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(plan.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Antiphon");
  if (!loop.authorities.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, loop.authorities.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &header_callback);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &body_callback);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

void CurlTransfer::State::configure_body() {
  curl_slist* list = nullptr;
  // libcurl would wait a second for "100 Continue", and name a form where nobody said so.
  list = curl_slist_append(list, "Expect:");
  if (!plan.headers.contains("Content-Type")) list = curl_slist_append(list, "Content-Type:");
  for (const auto& [name, value] : plan.headers) {
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    list = curl_slist_append(list, line.c_str());
  }
  header_list = list;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  const bool expects_body = plan.method == Method::post || plan.method == Method::put ||
                            plan.method == Method::patch || !plan.body.empty();
  if (plan.method == Method::head) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (expects_body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(plan.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, plan.body.c_str());
  }
  curl_easy_setopt(
      easy, CURLOPT_CUSTOMREQUEST,
      plan.method == Method::head ? nullptr : std::string(name_of(plan.method)).c_str());
}

std::size_t CurlTransfer::State::on_header(std::string_view line) {
  head_bytes += line.size();
  if (head_bytes > plan.head_bytes_max) {
    own_refusal = ErrorCode::too_large;
    return 0;
  }
  const std::string_view text = trim(line);
  if (text.starts_with("HTTP/")) {
    // An interim answer (1xx) went before.
    head = {};
    return line.size();
  }
  if (!text.empty()) {
    const std::size_t colon = text.find(':');
    // After the body come trailers, which nobody asked for.
    if (colon == std::string_view::npos || is_head_done) return line.size();
    head.headers.add(std::string(text.substr(0, colon)), std::string(trim(text.substr(colon + 1))));
    return line.size();
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200) {
    head.status = static_cast<int>(status);
    is_head_done = true;
    changed.notify();
  }
  return line.size();
}

std::size_t CurlTransfer::State::on_body(std::string_view bytes) {
  if (!waiting.empty() && waiting.size() + bytes.size() > kWaitingBytesMax) {
    is_paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  body_bytes += bytes.size();
  if (body_bytes > plan.body_bytes_max) {
    own_refusal = ErrorCode::too_large;
    return 0;
  }
  waiting.append(bytes);
  changed.notify();
  return bytes.size();
}

void CurlTransfer::State::on_done(int code_in) {
  code = code_in;
  // Only now goes its connection back among the warm ones.
  curl_multi_remove_handle(loop.multi, easy);
  is_added = false;
  changed.notify();
}

Error CurlTransfer::State::error() const {
  if (own_refusal) {
    return {*own_refusal, is_head_done ? "the answer's body is over the limit"
                                       : "the answer's header is over the limit"};
  }
  const auto curl_code = static_cast<CURLcode>(*code);
  return {code_of(curl_code),
          std::string("the outbound request failed: ") + curl_easy_strerror(curl_code)};
}

CurlTransfer::CurlTransfer(CurlLoop& loop, TransferPlan plan)
    : state_(std::make_unique<State>(*loop.state_, std::move(plan))) {}

CurlTransfer::~CurlTransfer() = default;

const Response& CurlTransfer::head() const { return state_->head; }

Task<Result<>> CurlTransfer::wait_head() {
  while (!state_->is_head_done && !state_->code) {
    if (!co_await state_->changed.wait()) {
      co_return failure(ErrorCode::cancelled, "the outbound request was cancelled");
    }
  }
  if (!state_->is_head_done) co_return std::unexpected(state_->error());
  co_return Result<>{};
}

Task<Result<std::string>> CurlTransfer::read() {
  while (state_->waiting.empty() && !state_->code) {
    if (!co_await state_->changed.wait()) {
      co_return failure(ErrorCode::cancelled, "the outbound request was cancelled");
    }
  }
  std::string bytes = std::exchange(state_->waiting, {});
  if (state_->is_paused && !state_->code) {
    state_->is_paused = false;
    // May call back at once with what libcurl held.
    curl_easy_pause(state_->easy, CURLPAUSE_CONT);
  }
  if (!bytes.empty()) co_return bytes;
  if (*state_->code != CURLE_OK) co_return std::unexpected(state_->error());
  co_return std::string{};
}

bool CurlTransfer::failed_to_connect() const {
  if (!state_->code || state_->own_refusal) return false;
  if (*state_->code == CURLE_COULDNT_CONNECT) return true;
  // The only time limit that libcurl has of us is the one for connecting.
  return *state_->code == CURLE_OPERATION_TIMEDOUT;
}

}  // namespace antiphon

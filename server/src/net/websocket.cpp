#include "net/websocket.h"

#include "core/utf8.h"
#include "net/signal.h"
#include "net/websocket_link.h"

#include <deque>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr Duration kCheckInterval = 500ms;
constexpr std::size_t kReasonBytesMax = 123;  // a control frame holds 125, the code takes two

// What fits into a close frame. A reason may name what the peer made up, and a character cut in
// half is no UTF-8: the peer would see a broken protocol and not the reason.
std::string cut_reason(std::string reason) {
  std::size_t size = 0;
  while (size < reason.size()) {
    const std::size_t length = utf8_sequence_length(std::string_view(reason).substr(size));
    if (length == 0 || size + length > kReasonBytesMax) break;
    size += length;
  }
  reason.resize(size);
  return reason;
}

Error error_of(WebSocketEnd end) {
  switch (end) {
    case WebSocketEnd::local:
    case WebSocketEnd::peer:
    case WebSocketEnd::gone:
    case WebSocketEnd::abandoned:
      return {ErrorCode::closed, "the WebSocket is closed"};
    case WebSocketEnd::message_too_large:
    case WebSocketEnd::fragments_too_many:
      return {ErrorCode::too_large, "the peer sent a message over the limit"};
    case WebSocketEnd::control_flood:
      return {ErrorCode::resource_exhausted, "the peer sent too many control frames"};
    case WebSocketEnd::not_utf8:
    case WebSocketEnd::protocol_error:
      return {ErrorCode::protocol_error, "the peer broke the rules of WebSocket"};
    case WebSocketEnd::idle_timeout:
    case WebSocketEnd::write_timeout:
    case WebSocketEnd::close_timeout:
      return {ErrorCode::timeout, "the peer does not answer or does not read"};
  }
  return {ErrorCode::internal, "unknown end"};
}

}  // namespace

struct WebSocket::State : std::enable_shared_from_this<WebSocket::State> {
  State(const Executor& executor, Clock& clock_in, std::shared_ptr<WebSocketMetrics> counts_in,
        WebSocketLimits limits_in, std::string subprotocol_in,
        std::unique_ptr<WebSocketLink> link_in)
      : clock(clock_in),
        counts(std::move(counts_in)),
        limits(limits_in),
        subprotocol(std::move(subprotocol_in)),
        link(std::move(link_in)),
        arrived(executor),
        taken(executor),
        queued(executor),
        drained(executor),
        ended(executor),
        heard_at(clock.now()),
        tasks(executor) {}

  Clock& clock;
  std::shared_ptr<WebSocketMetrics> counts;  // the server's, which may go first
  WebSocketLimits limits;
  std::string subprotocol;
  std::unique_ptr<WebSocketLink> link;
  std::deque<WebSocketMessage> incoming;
  std::function<bool(const WebSocketMessage&)> reader;  // of deliver()
  std::deque<WebSocketMessage> outgoing;
  std::size_t outgoing_bytes = 0;
  Signal arrived;  // something to receive
  Signal taken;    // room to read more
  Signal queued;   // something to write
  Signal drained;  // room to queue more
  Signal ended;
  std::optional<WebSocketEnd> end;
  std::optional<WebSocketEnd> cause;  // why we are closing, when it is the peer's fault
  bool is_closing = false;
  std::uint16_t close_code = kCloseNormal;
  std::string close_reason;
  Timepoint close_deadline = Timepoint::max();
  Timepoint write_deadline = Timepoint::max();
  Timepoint heard_at;
  bool is_reading = false;
  bool wants_ping = false;
  bool has_pinged = false;
  Timepoint control_second{};
  std::uint32_t control_count = 0;
  TaskGroup tasks;

  void start();
  void finish(WebSocketEnd how);
  void begin_close(std::uint16_t code, std::string reason);
  void throw_out(std::string reason);
  void note(WebSocketLink::Seen seen);
  [[nodiscard]] bool has_room(std::size_t bytes) const;
  void enqueue(WebSocketMessage message);
  Task<> read_all();
  Task<> write_all();
  Task<> watch();
};

void WebSocket::State::start() {
  if (counts) counts->open.add(1);
  link->watch([this](WebSocketLink::Seen seen) { note(seen); });
  tasks.spawn(read_all());
  tasks.spawn(write_all());
  tasks.spawn(watch());
}

// Once; whoever comes first says how.
void WebSocket::State::finish(WebSocketEnd how) {
  if (end) return;
  end = cause.value_or(how);
  if (counts) {
    counts->open.add(-1);
    counts->ended(*end);
  }
  link->abort();
  tasks.cancel();
  for (Signal* signal : {&arrived, &taken, &queued, &drained, &ended})
    signal->notify();
}

void WebSocket::State::begin_close(std::uint16_t code, std::string reason) {
  if (is_closing || end) return;
  is_closing = true;
  close_code = code;
  close_reason = cut_reason(std::move(reason));
  close_deadline = clock.now() + limits.close_timeout;
  queued.notify();
}

// Nothing more for a peer that misbehaves: what is queued goes first, so that the close frame is
// next.
void WebSocket::State::throw_out(std::string reason) {
  for (const auto& message : outgoing)
    outgoing_bytes -= message.data.size();
  outgoing.clear();
  begin_close(kClosePolicy, std::move(reason));
}

void WebSocket::State::note(WebSocketLink::Seen seen) {
  heard_at = clock.now();
  has_pinged = false;
  switch (seen) {
    case WebSocketLink::Seen::bytes:
      break;
    case WebSocketLink::Seen::peer_close:
      close_deadline = std::min(close_deadline, heard_at + limits.close_timeout);
      break;
    case WebSocketLink::Seen::control:
      if (heard_at - control_second >= 1s) {
        control_second = heard_at;
        control_count = 0;
      }
      if (++control_count <= limits.control_frames_per_second_max || is_closing) break;
      cause = WebSocketEnd::control_flood;
      throw_out("too many control frames");
      break;
    case WebSocketLink::Seen::fragments_too_many:
      if (is_closing) break;
      cause = WebSocketEnd::fragments_too_many;
      throw_out("too many fragments");
      break;
  }
}

Task<> WebSocket::State::read_all() {
  const auto keep = shared_from_this();
  WebSocketMessage message;
  while (!end) {
    if (incoming.size() >= limits.incoming_messages_max) {
      static_cast<void>(co_await taken.wait());
      continue;
    }
    is_reading = true;
    heard_at = clock.now();
    const bool is_fine = co_await link->read(message);
    is_reading = false;
    if (!is_fine) {
      const auto how = link->how();
      finish(is_closing && how == WebSocketEnd::peer ? WebSocketEnd::local : how);
      co_return;
    }
    if (cause) continue;  // a peer that is being thrown out is not heard any more
    if (reader) {
      if (reader(message)) continue;
      reader = {};
    } else {
      incoming.push_back(std::exchange(message, {}));
    }
    arrived.notify();
  }
}

Task<> WebSocket::State::write_all() {
  const auto keep = shared_from_this();
  while (!end) {
    bool is_fine = true;
    write_deadline = clock.now() + limits.write_timeout;
    if (!outgoing.empty()) {
      const WebSocketMessage message = std::move(outgoing.front());
      outgoing.pop_front();
      is_fine = co_await link->write(message);
      outgoing_bytes -= message.data.size();
      drained.notify();
    } else if (is_closing) {
      write_deadline = Timepoint::max();  // close_deadline counts
      co_await link->close(close_code, close_reason);
      co_return;
    } else if (wants_ping) {
      wants_ping = false;
      is_fine = co_await link->ping();
    } else {
      write_deadline = Timepoint::max();
      static_cast<void>(co_await queued.wait());
    }
    if (!is_fine) {
      link->abort();  // the reader meets the end and says so
      co_return;
    }
  }
}

Task<> WebSocket::State::watch() {
  const auto keep = shared_from_this();
  while (!end && co_await clock.sleep_for(kCheckInterval)) {
    const auto now = clock.now();
    if (now >= close_deadline) {
      finish(WebSocketEnd::close_timeout);
    } else if (now >= write_deadline) {
      finish(WebSocketEnd::write_timeout);
    } else if (is_reading && now - heard_at >= limits.idle_timeout) {
      finish(WebSocketEnd::idle_timeout);
    } else if (is_reading && now - heard_at >= limits.ping_interval && !has_pinged) {
      has_pinged = wants_ping = true;
      queued.notify();
    }
  }
}

bool WebSocket::State::has_room(std::size_t bytes) const {
  return outgoing.size() < limits.outgoing_messages_max &&
         outgoing_bytes + bytes <= limits.outgoing_bytes_max;
}

void WebSocket::State::enqueue(WebSocketMessage message) {
  outgoing_bytes += message.data.size();
  outgoing.push_back(std::move(message));
  queued.notify();
}

WebSocket::WebSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}
WebSocket::WebSocket(WebSocket&&) noexcept = default;

WebSocket& WebSocket::operator=(WebSocket&& other) noexcept {
  if (this != &other) {
    if (state_) state_->finish(WebSocketEnd::abandoned);
    state_ = std::move(other.state_);
  }
  return *this;
}

WebSocket::~WebSocket() {
  if (state_) state_->finish(WebSocketEnd::abandoned);
}

Task<Result<WebSocketMessage>> WebSocket::receive() {
  const auto state = state_;
  while (state->incoming.empty()) {
    if (state->end) co_return std::unexpected(error_of(*state->end));
    if (!co_await state->arrived.wait()) {
      co_return failure(ErrorCode::cancelled, "the wait was cancelled");
    }
  }
  WebSocketMessage message = std::move(state->incoming.front());
  state->incoming.pop_front();
  state->taken.notify();
  co_return message;
}

Task<Result<>> WebSocket::deliver(std::function<bool(const WebSocketMessage&)> reader) {
  const auto state = state_;
  while (!state->incoming.empty()) {
    const WebSocketMessage message = std::move(state->incoming.front());
    state->incoming.pop_front();
    state->taken.notify();
    if (!reader(message)) co_return Result<>{};
  }
  state->reader = std::move(reader);
  while (state->reader && !state->end) {
    if (co_await state->arrived.wait()) continue;
    state->reader = {};
    co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  }
  if (std::exchange(state->reader, {})) co_return std::unexpected(error_of(*state->end));
  co_return Result<>{};
}

bool WebSocket::try_send(WebSocketMessage message) {
  State& state = *state_;
  const auto bytes = message.data.size();
  if (state.end || state.is_closing) return false;
  while (!state.has_room(bytes)) {
    if (state.counts) state.counts->dropped.add();
    if (state.limits.when_full == WhenFull::refuse || state.outgoing.empty()) return false;
    state.outgoing_bytes -= state.outgoing.front().data.size();
    state.outgoing.pop_front();
  }
  state.enqueue(std::move(message));
  return true;
}

bool WebSocket::try_send_text(std::string text) {
  return try_send({WebSocketMessage::Kind::text, std::move(text)});
}

bool WebSocket::try_send_binary(std::string bytes) {
  return try_send({WebSocketMessage::Kind::binary, std::move(bytes)});
}

Task<Result<>> WebSocket::send(WebSocketMessage message) {
  const auto state = state_;
  const auto bytes = message.data.size();
  if (bytes > state->limits.outgoing_bytes_max) {
    co_return failure(ErrorCode::too_large, "the message is larger than the whole queue");
  }
  while (!state->has_room(bytes) && !state->end && !state->is_closing) {
    if (!co_await state->drained.wait()) {
      co_return failure(ErrorCode::cancelled, "the wait was cancelled");
    }
  }
  if (state->end || state->is_closing) {
    co_return failure(ErrorCode::closed, "the WebSocket is closed");
  }
  state->enqueue(std::move(message));
  co_return Result<>{};
}

std::size_t WebSocket::outgoing_bytes() const { return state_->outgoing_bytes; }

Task<> WebSocket::close(std::uint16_t code, std::string reason) {
  const auto state = state_;
  state->begin_close(code, std::move(reason));
  while (!state->end && co_await state->ended.wait()) {
  }
}

bool WebSocket::is_open() const { return !state_->end && !state_->is_closing; }

std::optional<std::uint16_t> WebSocket::peer_close_code() const {
  return state_->end ? state_->link->peer_close_code() : std::nullopt;
}

const std::string& WebSocket::subprotocol() const { return state_->subprotocol; }

WebSocket WebSocketFactory::make(const Executor& executor, Clock& clock,
                                 std::shared_ptr<WebSocketMetrics> counts, WebSocketLimits limits,
                                 std::string subprotocol, std::unique_ptr<WebSocketLink> link) {
  auto state = std::make_shared<WebSocket::State>(executor, clock, std::move(counts), limits,
                                                  std::move(subprotocol), std::move(link));
  state->start();
  return WebSocket(std::move(state));
}

}  // namespace antiphon

#include "transports/webrtc/call_events.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::uint16_t kCloseUnsupported = 1003;
constexpr std::uint16_t kCloseNotText = 1007;

}  // namespace

CallEvents::CallEvents(const Executor& executor, Clock& clock, Take take)
    : clock_(clock), take_(std::move(take)), sockets_(executor) {}

void CallEvents::add(std::string event) {
  if (kept_.size() == kKept) kept_.pop_front();
  kept_.push_back(std::move(event));
  ++count_;
  send(kept_.back());
}

void CallEvents::send(const std::string& event) {
  if (!current_ || !current_->is_open()) return;
  if (current_->try_send_text(event)) return;
  sockets_.spawn(end(std::exchange(current_, nullptr), kClosePolicy, "the page does not read"));
}

void CallEvents::attach(WebSocket socket, std::uint64_t seen) {
  if (current_) {
    sockets_.spawn(end(std::exchange(current_, nullptr), kClosePolicy, "another socket came"));
  }
  current_ = std::make_shared<WebSocket>(std::move(socket));
  sockets_.spawn(read(current_));
  const std::uint64_t missing = count_ - std::min(seen, count_);
  const auto resent = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(missing, kept_.size()));
  for (auto event = kept_.end() - resent; event != kept_.end(); ++event)
    send(*event);
}

Task<> CallEvents::read(Socket socket) {
  while (true) {
    const auto message = co_await socket->receive();
    if (!message) break;
    if (message->kind != WebSocketMessage::Kind::text) {
      co_await socket->close(kCloseUnsupported, "audio does not come this way");
      break;
    }
    auto taken = messages_.take(message->data, clock_.now());
    if (!taken) {
      const ErrorCode code = taken.error().code;
      co_await socket->close(code == ErrorCode::protocol_error       ? kCloseNotText
                             : code == ErrorCode::resource_exhausted ? kClosePolicy
                                                                     : kCloseUnsupported,
                             taken.error().message);
      break;
    }
    take_(std::move(*taken));
  }
  if (current_ == socket) current_.reset();
}

Task<> CallEvents::end(Socket socket, std::uint16_t code, std::string reason) {
  co_await socket->close(code, std::move(reason));
}

Task<> CallEvents::close(std::uint16_t code, std::string reason) {
  if (const Socket last = std::exchange(current_, nullptr)) {
    co_await last->close(code, std::move(reason));
  }
  sockets_.cancel();
  co_await sockets_.join();
}

}  // namespace antiphon

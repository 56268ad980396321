#include "transports/audio_socket/audio_call.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::uint16_t kCloseUnsupported = 1003;
constexpr std::uint16_t kCloseNotText = 1007;
constexpr std::uint16_t kCloseTooBig = 1009;
constexpr std::uint16_t kCloseRestart = 1012;

std::uint16_t close_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::too_large:
      return kCloseTooBig;
    case ErrorCode::protocol_error:
      return kCloseNotText;
    case ErrorCode::unsupported:
      return kCloseUnsupported;
    case ErrorCode::resource_exhausted:
    case ErrorCode::invalid_argument:
      return kClosePolicy;
    default:
      return kCloseInternal;
  }
}

}  // namespace

AudioCall::AudioCall(WebSocket socket, SessionHost& host, Executor executor, Clock& clock,
                     AudioSocketMetrics& metrics)
    : socket_(std::move(socket)),
      host_(host),
      executor_(executor),
      clock_(clock),
      metrics_(metrics),
      something_to_send_(std::move(executor)) {
  metrics_.active.add(1);
}

AudioCall::~AudioCall() { metrics_.active.add(-1); }

Task<std::optional<EndReason>> AudioCall::run(SessionPlan plan) {
  TaskGroup sending(executor_);
  sending.spawn(send_all());
  if (co_await wait_for_speech()) {
    auto session = host_.start(std::move(plan), *this, executor_);
    if (session) {
      session_ = std::move(*session);
      co_await receive_all();
      session_->hang_up(hung_up_ ? EndReason::caller_hung_up : EndReason::transport_lost);
      co_await session_->closed();
    } else if (session.error().code == ErrorCode::closed) {
      close_with(kCloseNormal, session.error().message);  // ended over the API while it connected
    } else {
      const bool full = session.error().code == ErrorCode::resource_exhausted ||
                        session.error().code == ErrorCode::unavailable;
      close_with(full ? kCloseTryAgain : kCloseInternal, session.error().message);
    }
  }
  close_with(kCloseNormal, {});
  co_await sending.join();
  if (session_) co_return std::nullopt;
  if (hung_up_) co_return EndReason::caller_hung_up;
  const bool ours = close_code_ == kCloseTryAgain || close_code_ == kCloseInternal;
  co_return ours ? EndReason::failure : EndReason::transport_lost;
}

// A call that comes while the models load is not lost: it hears nothing yet, and is told why.
Task<bool> AudioCall::wait_for_speech() {
  auto ready = co_await host_.ready(clock_.now());
  if (!ready) {
    notify({R"({"type":"session.waiting","at_ms":0,"message":"speech is still loading"})"});
  }
  const Timepoint patience = clock_.now() + kSpeechPatience;
  while (!ready && clock_.now() < patience) {
    if (!co_await hear_nothing() || finished_) co_return false;
    ready = co_await host_.ready(clock_.now());
  }
  if (!ready) close_with(kCloseTryAgain, "speech is still loading; call again in a minute");
  co_return ready.has_value() && !finished_;
}

// What is said to nobody is not kept: heard later, all at once, it would break the rule of real
// time. It keeps to the rules all the same. False when the call has ended.
Task<bool> AudioCall::hear_nothing() {
  const auto message =
      co_await with_deadline(clock_, clock_.now() + kSpeechLook, socket_.receive());
  if (!message) {
    // The socket has a timeout of its own.
    if (message.error().code == ErrorCode::timeout && socket_.is_open()) co_return true;
    note_end_of_wire();
    co_return false;
  }
  const bool goes_on = heed(*message);
  frames_.drop_rest();
  co_return goes_on;
}

void AudioCall::note_end_of_wire() {
  const auto code = socket_.peer_close_code();
  hung_up_ = hung_up_ || code == kCloseNormal || code == kCloseGoingAway;
}

Task<> AudioCall::receive_all() {
  if (finished_) co_return;
  const auto ended = co_await socket_.deliver(
      [this](const WebSocketMessage& message) { return heed(message) && !finished_; });
  if (!ended) note_end_of_wire();
}

// False when it ends the call.
bool AudioCall::heed(const WebSocketMessage& message) {
  const auto taken = take(message);
  if (!taken) {
    metrics_.broke_rules.add();
    close_with(close_code_of(taken.error().code), taken.error().message);
  }
  return taken && !hung_up_;
}

Result<> AudioCall::take(const WebSocketMessage& message) {
  if (message.kind == WebSocketMessage::Kind::text) return take_text(message.data);
  return frames_.push(message.data, clock_.now(), [this](const AudioFrame& frame) {
    if (session_) session_->receive(frame);
  });
}

Result<> AudioCall::take_text(std::string_view text) {
  auto parsed = messages_.take(text, clock_.now());
  if (!parsed) return std::unexpected(parsed.error());
  auto* typed = std::get_if<TypedMessage>(&*parsed);
  hung_up_ = typed == nullptr;
  if (typed != nullptr && session_) session_->receive_text(typed->text.value());
  return {};
}

Task<> AudioCall::send_all() {
  while (true) {
    while (!outgoing_.empty()) {
      const OutgoingQueue::Item& item = outgoing_.front();
      const bool is_frame = item.kind == OutgoingQueue::Item::Kind::frame;
      WebSocketMessage message;
      message.kind = is_frame ? WebSocketMessage::Kind::binary : WebSocketMessage::Kind::text;
      if (is_frame) {
        message.data.assign(reinterpret_cast<const char*>(item.samples.data()),
                            item.samples.size() * sizeof(Sample));
      } else {
        message.data = item.notice;
      }
      outgoing_.pop();
      const auto sent = co_await socket_.send(std::move(message));
      // A dead socket: receive() says so too. What is still queued has nowhere to go.
      if (!sent) break;
    }
    if (finished_) break;
    if (!co_await something_to_send_.wait()) break;
  }
  co_await socket_.close(close_code_, close_reason_);
}

void AudioCall::close_with(std::uint16_t code, std::string reason) {
  if (!std::exchange(finished_, true)) {
    close_code_ = code;
    close_reason_ = std::move(reason);
  }
  something_to_send_.notify();
}

void AudioCall::stop() {
  close_with(kCloseRestart, "the server is stopping");
  if (session_) session_->hang_up(EndReason::transport_lost);
}

void AudioCall::send(const AudioFrame& frame) {
  if (!outgoing_.push_frame(frame)) metrics_.frames_dropped.add();
  something_to_send_.notify();
}

void AudioCall::clear() {
  outgoing_.drop_frames();
  notify({R"({"type":"clear"})"});
}

void AudioCall::notify(const SessionNotice& notice) {
  if (!outgoing_.push_notice(notice.json)) {
    close_with(kClosePolicy, "the client does not read its events");
  }
  something_to_send_.notify();
}

void AudioCall::finish(EndReason reason) {
  const bool failed = reason == EndReason::failure;
  close_with(failed ? kCloseInternal : kCloseNormal, failed ? "the conversation failed" : "");
}

}  // namespace antiphon

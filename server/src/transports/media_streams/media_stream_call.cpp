#include "transports/media_streams/media_stream_call.h"

#include "core/run_on.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::uint16_t kCloseUnsupported = 1003;
constexpr std::uint16_t kCloseNoMessage = 1007;
constexpr std::uint16_t kCloseTooBig = 1009;
constexpr std::uint16_t kCloseRestart = 1012;
constexpr std::string_view kClear = "clear";

std::uint16_t close_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::too_large:
      return kCloseTooBig;
    case ErrorCode::protocol_error:
      return kCloseNoMessage;
    case ErrorCode::unsupported:
      return kCloseUnsupported;
    case ErrorCode::resource_exhausted:
    case ErrorCode::invalid_argument:
    case ErrorCode::wrong_state:
    case ErrorCode::unauthenticated:
    case ErrorCode::permission_denied:
    case ErrorCode::not_found:
      return kClosePolicy;
    case ErrorCode::unavailable:
      return kCloseTryAgain;
    default:
      return kCloseInternal;
  }
}

}  // namespace

std::string_view name_of(StreamDialect dialect) {
  switch (dialect) {
    case StreamDialect::twilio:
      return "twilio";
    case StreamDialect::telnyx:
      return "telnyx";
    case StreamDialect::plivo:
      return "plivo";
  }
  return "";
}

MediaStreamCall::MediaStreamCall(WebSocket socket, StreamDialect dialect, CarrierCall given,
                                 Executor executor, const MediaStreamServices& services)
    : socket_(std::move(socket)),
      dialect_(dialect),
      given_(std::move(given)),
      executor_(executor),
      services_(services),
      something_to_send_(executor),
      played_out_(std::move(executor)) {
  services_.metrics.active.add(1);
}

MediaStreamCall::~MediaStreamCall() {
  services_.metrics.active.add(-1);
  no_stranger();
}

void MediaStreamCall::no_stranger() {
  if (std::exchange(stranger_, false)) services_.strangers.fetch_sub(1);
}

Task<> MediaStreamCall::run() {
  TaskGroup sending(executor_);
  sending.spawn(send_all());
  if (auto plan = co_await await_plan()) {
    no_stranger();
    co_await carry(std::move(*plan));
  } else {
    services_.metrics.refused.add();
  }
  close_with(kCloseNormal, {});
  co_await sending.join();
}

Task<std::optional<SessionPlan>> MediaStreamCall::await_plan() {
  const Timepoint patience = services_.clock.now() + kStartPatience;
  while (!started_) {
    if (!co_await look(patience)) co_return std::nullopt;
    if (!started_ && services_.clock.now() >= patience) {
      close_with(kClosePolicy, "no start came");
      co_return std::nullopt;
    }
  }
  auto plan = co_await run_task_on(services_.api, services_.planner.plan(given_));
  if (!plan) {
    close_with(close_code_of(plan.error().code), plan.error().message);
    co_return std::nullopt;
  }
  co_return std::move(*plan);
}

Task<> MediaStreamCall::carry(SessionPlan plan) {
  EndReason fruitless = EndReason::transport_lost;
  if (!finished_ && co_await wait_for_speech()) {
    auto session = services_.host.start(plan, *this, executor_);
    if (session) {
      session_ = std::move(*session);
      co_await receive_all();
      session_->hang_up(hung_up_ ? EndReason::caller_hung_up : EndReason::transport_lost);
      co_await session_->closed();
      co_return;
    }
    const ErrorCode code = session.error().code;
    const bool full = code == ErrorCode::resource_exhausted || code == ErrorCode::unavailable;
    if (code != ErrorCode::closed) fruitless = EndReason::failure;
    close_with(code == ErrorCode::closed ? kCloseNormal
               : full                    ? kCloseTryAgain
                                         : kCloseInternal,
               session.error().message);
  } else if (close_code_ == kCloseTryAgain) {
    fruitless = EndReason::failure;
  }
  services_.planner.abandon(plan, hung_up_ ? EndReason::caller_hung_up : fruitless);
}

// What is said to nobody is not kept, but holds to the rules all the same.
Task<bool> MediaStreamCall::wait_for_speech() {
  const Timepoint patience = services_.clock.now() + kSpeechPatience;
  while (!co_await services_.host.ready(services_.clock.now())) {
    if (services_.clock.now() >= patience) {
      close_with(kCloseTryAgain, "speech is still loading; call again in a minute");
      co_return false;
    }
    if (!co_await look(services_.clock.now() + kSpeechLook)) co_return false;
  }
  co_return !finished_;
}

// Heeds the next message, if one comes until then. False when the call has ended.
Task<bool> MediaStreamCall::look(Timepoint until) {
  const auto message = co_await with_deadline(services_.clock, until, socket_.receive());
  if (!message) {
    // The socket has a timeout of its own.
    co_return message.error().code == ErrorCode::timeout&& socket_.is_open() && !finished_;
  }
  co_return heed(*message) && !finished_;
}

// To the end of the socket, which is ours to close: the last mark must still come in.
Task<> MediaStreamCall::receive_all() {
  const auto ended =
      co_await socket_.deliver([this](const WebSocketMessage& message) { return heed(message); });
  static_cast<void>(ended);  // why is the socket's to know
  played_out_.notify();      // nobody will say so any more
}

// False when it ends the call.
bool MediaStreamCall::heed(const WebSocketMessage& message) {
  const auto taken = take(message);
  if (!taken) {
    services_.metrics.broke_rules.add();
    close_with(close_code_of(taken.error().code), taken.error().message);
  }
  if (!digits_.empty() && services_.clock.now() >= digits_due_) flush_digits();
  return taken && !hung_up_;
}

Result<> MediaStreamCall::take(const WebSocketMessage& message) {
  if (message.kind != WebSocketMessage::Kind::text) {
    return failure(ErrorCode::unsupported, "a stream's messages are text");
  }
  if (auto read = read_stream_message(dialect_, message.data, message_); !read) return read;
  const bool early = message_.event == StreamEvent::media || message_.event == StreamEvent::dtmf ||
                     message_.event == StreamEvent::mark;
  if (early && !started_) return failure(ErrorCode::wrong_state, "the start comes first");
  switch (message_.event) {
    case StreamEvent::start:
      return take_start();
    case StreamEvent::media:
      if (!message_.is_inbound || !session_) return {};
      return audio_.decode(message_.audio, services_.clock.now(),
                           [this](const AudioFrame& frame) { session_->receive(frame); });
    case StreamEvent::mark:
      take_mark();
      return {};
    case StreamEvent::dtmf:
      take_digit();
      return {};
    case StreamEvent::stop:
      hung_up_ = true;
      return {};
    case StreamEvent::error:
      services_.metrics.errors.add();
      return {};
    default:
      return {};
  }
}

Result<> MediaStreamCall::take_start() {
  if (std::exchange(started_, true)) {
    return failure(ErrorCode::wrong_state, "a stream starts once");
  }
  const StreamStart& start = message_.start;
  const auto fill = [&start](std::string& into, std::string_view name) {
    if (std::string value = start.parameter(name); !value.empty()) into = std::move(value);
  };
  fill(given_.token, "token");
  fill(given_.key, "key");
  fill(given_.agent, "agent");
  given_.carrier = name_of(dialect_);
  given_.call_id = start.call_id;
  given_.called = start.to;
  given_.caller = start.from;
  stream_id_ = start.stream_id;
  audio_.use(start.codec == StreamCodec::a_law ? G711Law::a : G711Law::mu);
  return {};
}

void MediaStreamCall::take_mark() {
  if (message_.name == PlayoutMarks::kLast) return played_out_.notify();
  const auto behind = marks_.reached(message_.name);
  if (!behind) return;
  const std::uint64_t frames = *behind + outgoing_.size();
  const Duration unplayed = frames * kFrameDuration;
  services_.metrics.unplayed.observe(std::chrono::duration<double>(unplayed).count());
  if (!session_) return;
  session_->report_unplayed(
      SampleCount{static_cast<std::uint32_t>(frames * kFrameSamples.value())});
}

// Keys are a turn of the caller once '#' or a pause ends them. The carrier's sound, fifty messages
// a second, is the clock of that pause.
void MediaStreamCall::take_digit() {
  const bool ends = message_.digit == '#';
  if (!ends || digits_.empty()) digits_ += message_.digit;
  digits_due_ = services_.clock.now() + kDigitPause;
  if (ends || digits_.size() == kDigitsAtOnce) flush_digits();
}

void MediaStreamCall::flush_digits() {
  if (session_) session_->receive_text(std::exchange(digits_, {}));
}

Task<> MediaStreamCall::send_all() {
  while (true) {
    while (!outgoing_.empty()) {
      const OutgoingQueue::Item item = outgoing_.front();
      outgoing_.pop();
      co_await send_item(item);
      if (!socket_.is_open()) break;
    }
    if (finished_) break;
    if (!co_await something_to_send_.wait()) break;
  }
  co_await play_out();
  co_await socket_.close(close_code_, close_reason_);
}

Task<> MediaStreamCall::send_item(const OutgoingQueue::Item& item) {
  WebSocketMessage message;
  std::optional<std::string> mark;
  if (item.kind == OutgoingQueue::Item::Kind::frame) {
    write_stream_media(dialect_, stream_id_, audio_.encode(item.samples), message.data);
    mark = marks_.wrote_frame();
  } else {
    write_stream_clear(dialect_, stream_id_, message.data);
  }
  auto sent = co_await socket_.send(std::move(message));
  if (!sent || !mark) co_return;
  message = {};
  write_stream_mark(dialect_, stream_id_, *mark, message.data);
  sent = co_await socket_.send(std::move(message));
  static_cast<void>(sent);  // a dead socket: receive() says so too
}

// A carrier hangs up when the socket closes, whatever it still has to play.
Task<> MediaStreamCall::play_out() {
  if (close_code_ != kCloseNormal || hung_up_ || !marks_.has_written() || !socket_.is_open()) {
    co_return;
  }
  WebSocketMessage message;
  write_stream_mark(dialect_, stream_id_, PlayoutMarks::kLast, message.data);
  const auto sent = co_await socket_.send(std::move(message));
  if (!sent) co_return;
  auto wait = [](detail::Wakeup& played) -> Task<Result<>> {
    static_cast<void>(co_await played.wait());
    co_return Result<>{};
  };
  const auto played =
      co_await with_deadline(services_.clock, services_.clock.now() + kTailMax, wait(played_out_));
  static_cast<void>(played);
}

void MediaStreamCall::close_with(std::uint16_t code, std::string reason) {
  if (!std::exchange(finished_, true)) {
    close_code_ = code;
    close_reason_ = std::move(reason);
  }
  something_to_send_.notify();
}

void MediaStreamCall::stop() {
  close_with(kCloseRestart, "the server is stopping");
  if (session_) session_->hang_up(EndReason::transport_lost);
}

void MediaStreamCall::send(const AudioFrame& frame) {
  if (!outgoing_.push_frame(frame)) services_.metrics.frames_dropped.add();
  something_to_send_.notify();
}

void MediaStreamCall::clear() {
  outgoing_.drop_frames();
  marks_.cleared();
  if (!outgoing_.push_notice(std::string(kClear))) {
    close_with(kClosePolicy, "the carrier does not read what it is sent");
  }
  something_to_send_.notify();
}

// A telephone has no screen.
void MediaStreamCall::notify(const SessionNotice&) {}

void MediaStreamCall::finish(EndReason reason) {
  const bool failed = reason == EndReason::failure;
  close_with(failed ? kCloseInternal : kCloseNormal, failed ? "the conversation failed" : "");
}

}  // namespace antiphon

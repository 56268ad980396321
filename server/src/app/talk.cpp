#include "app/talk.h"

#include "app/talk_json.h"
#include "net/http_client.h"
#include "net/websocket_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace antiphon {

namespace {

constexpr Sample kSilenceMax = 330;  // -40 dBFS: quieter than this is no speech
constexpr std::chrono::milliseconds kAfterGreeting{300};
constexpr std::chrono::milliseconds kAfterReply{600};  // of silence, in case more is said

class Call {
 public:
  Call(Clock& clock, TalkRequest request, TalkObserver observer, WebSocket socket,
       std::string conversation, const Executor& executor)
      : clock_(clock),
        request_(std::move(request)),
        observer_(std::move(observer)),
        socket_(std::move(socket)),
        group_(executor) {
    outcome_.conversation = std::move(conversation);
  }

  Task<Result<TalkOutcome>> run() {
    started_ = clock_.now();
    group_.spawn(listen());
    const auto spoken = co_await speak();
    if (socket_.is_open()) {
      const bool sent = socket_.try_send_text(R"({"type":"hang_up"})");
      static_cast<void>(sent);
    }
    // The server says session.ended and closes; one that does not is left after a while.
    const auto ended =
        co_await with_deadline(clock_, clock_.now() + std::chrono::seconds(5), wait_for_end());
    static_cast<void>(ended);
    co_await socket_.close(kCloseNormal, "");
    group_.cancel();
    co_await group_.join();
    if (!spoken) co_return std::unexpected(spoken.error());
    pad();
    measure();
    co_return std::move(outcome_);
  }

 private:
  Task<Result<>> wait_for_end() {
    co_await group_.join();
    co_return Result<>{};
  }

  // What arrives: agent audio where it belongs in time, and events.
  Task<> listen() {
    while (true) {
      auto message = co_await socket_.receive();
      if (!message) break;
      if (message->kind == WebSocketMessage::Kind::binary) {
        hear(message->data);
      } else if (auto event = parse_talk_event(message->data)) {
        note(std::move(*event));
      }
    }
    closed_ = true;
  }

  void hear(std::string_view bytes) {
    const auto now = static_cast<std::size_t>((clock_.now() - started_).count() *
                                              kEngineRate.value() / 1'000'000'000);
    std::vector<Sample>& agent = outcome_.agent;
    // Frames that come a little late or early join on; a pause is a pause.
    if (now > agent.size() + kFrameSamples.value() * 3) agent.resize(now, 0);
    const std::size_t begin = agent.size();
    agent.resize(begin + bytes.size() / sizeof(Sample));
    std::memcpy(&agent[begin], bytes.data(), bytes.size() / sizeof(Sample) * sizeof(Sample));
    const bool loud = std::any_of(agent.begin() + static_cast<std::ptrdiff_t>(begin), agent.end(),
                                  [](Sample sample) { return std::abs(sample) > kSilenceMax; });
    if (loud && question_sent_ && !reply_sounds_at_) reply_sounds_at_ = clock_.now();
  }

  void note(TalkEvent event) {
    if (event.type == "session.started") {
      session_started_ = clock_.now();
    } else if (event.type == "reply.started") {
      replying_ = true;
      in_reply_ = event.prompt != "greeting";
    } else if (event.type == "reply.ended" || event.type == "reply.interrupted") {
      replying_ = false;
      quiet_since_ = clock_.now();
      // An interrupted reply is followed by another: the caller went on speaking.
      if (in_reply_ && event.type == "reply.ended") ++replies_;
      greeted_ = true;
    } else if (event.type == "session.ended") {
      closed_ = true;
    } else if (event.type == "session.waiting") {
      // The server waits up to 30 s for its models, so do we.
      patience_ends_ = clock_.now() + std::chrono::seconds(30) + request_.reply_max;
    } else if (event.type == "caller.speech_started") {
      // Something is being heard: a reply is due once it ends.
      quiet_since_ = clock_.now();
    }
    if (observer_) observer_(event);
    outcome_.events.push_back(std::move(event));
  }

  enum class Stage : std::uint8_t { greeting, question, reply, interruption, last };

  // One frame every 20 ms of the steady clock from the first to the last: silence is sent too.
  Task<Result<>> speak() {
    Timepoint due = started_;
    patience_ends_ = started_ + request_.reply_max;
    while (!closed_ && clock_.now() < started_ + request_.call_max) {
      const auto done = decide(clock_.now());
      if (!done) co_return std::unexpected(done.error());
      if (*done) break;
      if (send_frame()) enter_silence();
      due += kFrameDuration;
      auto slept = co_await clock_.sleep_until(due);
      if (!slept) co_return slept;
    }
    co_return Result<>{};
  }

  [[nodiscard]] bool quiet_for(Duration duration, Timepoint now) const {
    return !replying_ && now - quiet_since_ > duration;
  }

  // What the caller does next. True: the call has come to its end.
  Result<bool> decide(Timepoint now) {
    const bool impatient = now > patience_ends_;
    switch (stage_) {
      case Stage::greeting:
        if (may_speak(now)) {
          begin(Stage::question);
        } else if (impatient) {
          return failure(ErrorCode::timeout, "the agent did not begin the conversation");
        }
        return false;
      case Stage::reply:
        if (!request_.interruption.empty() && reply_sounds_at_ &&
            now - *reply_sounds_at_ >= request_.interrupt_at) {
          begin(Stage::interruption);
          return false;
        }
        if (replies_ > 0 && quiet_for(kAfterReply, now)) return true;
        if (impatient) return failure(ErrorCode::timeout, "the agent did not answer");
        return false;
      case Stage::last:
        return impatient || (replies_ > replies_before_ && quiet_for(kAfterReply, now));
      case Stage::question:
      case Stage::interruption:
        return false;
    }
    return false;
  }

  [[nodiscard]] bool may_speak(Timepoint now) const {
    if (greeted_) return quiet_for(kAfterGreeting, now);
    // An agent without a greeting says nothing; two seconds of that and the caller speaks.
    return session_started_ && !replying_ && now - *session_started_ > std::chrono::seconds(2);
  }

  void begin(Stage stage) {
    stage_ = stage;
    position_ = 0;
  }

  // The recording has been spoken to its end.
  void enter_silence() {
    question_sent_ = true;
    replies_before_ = replies_;
    patience_ends_ = clock_.now() + request_.reply_max;
    stage_ = stage_ == Stage::question ? Stage::reply : Stage::last;
  }

  // True when a recording has just been spoken to its end.
  bool send_frame() {
    std::array<Sample, kFrameSamples.value()> frame{};
    bool ended = false;
    if (stage_ == Stage::question || stage_ == Stage::interruption) {
      const auto& source = stage_ == Stage::question ? request_.question : request_.interruption;
      if (position_ == 0 && stage_ == Stage::question) question_begins_ = outcome_.caller.size();
      const std::size_t count = std::min(frame.size(), source.size() - position_);
      std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(position_), count, frame.begin());
      position_ += count;
      ended = position_ >= source.size();
    }
    outcome_.caller.insert(outcome_.caller.end(), frame.begin(), frame.end());
    std::string bytes(reinterpret_cast<const char*>(frame.data()), sizeof frame);
    if (!socket_.try_send_binary(std::move(bytes))) closed_ = true;
    return ended;
  }

  void pad() {
    const std::size_t length = std::max(outcome_.caller.size(), outcome_.agent.size());
    outcome_.caller.resize(length, 0);
    outcome_.agent.resize(length, 0);
  }

  void measure() {
    if (!reply_sounds_at_) return;
    const auto spoken = static_cast<std::int64_t>(question_begins_ + last_sound(request_.question));
    const auto sounded =
        std::chrono::duration_cast<std::chrono::milliseconds>(*reply_sounds_at_ - started_);
    outcome_.reply_after =
        sounded - std::chrono::milliseconds(spoken * 1'000 / kEngineRate.value());
  }

  Clock& clock_;
  TalkRequest request_;
  TalkObserver observer_;
  WebSocket socket_;
  TaskGroup group_;
  TalkOutcome outcome_;
  Timepoint started_{};
  Timepoint quiet_since_{};
  Timepoint patience_ends_{};
  std::optional<Timepoint> session_started_;
  std::optional<Timepoint> reply_sounds_at_;
  Stage stage_ = Stage::greeting;
  std::size_t position_ = 0;  // in the recording that is spoken
  std::size_t question_begins_ = 0;
  int replies_ = 0;
  int replies_before_ = 0;
  bool question_sent_ = false;
  bool replying_ = false;
  bool in_reply_ = false;
  bool greeted_ = false;
  bool closed_ = false;
};

std::string websocket_url(const std::string& url, const std::string& path) {
  // http://… becomes ws://…, https://… wss://…
  return "ws" + url.substr(4) + path;
}

}  // namespace

std::size_t last_sound(const std::vector<Sample>& samples) {
  std::size_t end = samples.size();
  while (end > 0 && std::abs(samples[end - 1]) <= kSilenceMax)
    --end;
  return end;
}

Task<Result<TalkOutcome>> talk(Executor executor, Clock& clock, TalkRequest request,
                               TalkObserver observer) {
  HttpClient client(executor, clock, {});
  auto response =
      co_await client.send({.method = Method::post,
                            .url = request.url + "/api/conversations",
                            .headers = {{"Authorization", "Bearer " + request.key},
                                        {"Content-Type", "application/json"}},
                            .body = open_call_body(request.agent, request.version, "voice")});
  if (!response) co_return std::unexpected(std::move(response.error()));
  if (response->status != 201) {
    co_return failure(ErrorCode::unavailable, problem_text(response->status, response->body));
  }
  auto opened = parse_opened_call(response->body);
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  auto socket =
      co_await connect_websocket(clock, {.url = websocket_url(request.url, opened->socket_path)});
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  Call call(clock, std::move(request), std::move(observer), std::move(*socket),
            std::move(opened->conversation), executor);
  co_return co_await call.run();
}

}  // namespace antiphon

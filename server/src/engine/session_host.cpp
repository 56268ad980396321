#include "engine/session_host.h"

#include "core/check.h"
#include "core/utf8.h"
#include "engine/text_answer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kTypedCharactersMax = 4'000;
constexpr Duration kReadyPoll{std::chrono::milliseconds(25)};

class Handle final : public SessionHandle {
 public:
  explicit Handle(std::shared_ptr<RunningCall> call) : call_(std::move(call)) {}
  ~Handle() override { call_->detach(); }

  void receive(const AudioFrame& frame) override { call_->receive(frame); }
  void receive_text(std::string text) override { call_->receive_text(std::move(text)); }
  void report_unplayed(SampleCount samples) override { call_->report_unplayed(samples); }
  void hang_up(EndReason reason) override { call_->hang_up(reason); }
  Task<> closed() override { co_await call_->closed(); }

 private:
  std::shared_ptr<RunningCall>
      call_;  // the worker is the other owner, until the session has closed
};

}  // namespace

struct EngineSessionHost::Worker {
  Worker(const Executor& executor, const HostServices& services, EngineMetrics& metrics)
      : media(executor, services.clock, metrics, services.thread_time) {}
  MediaWorker media;
  std::atomic<std::size_t> load{0};
};

EngineSessionHost::EngineSessionHost(const HostServices& services, std::vector<Executor> workers)
    : services_(services), metrics_(services.metrics), typed_tools_(services.clock) {
  CHECK(!workers.empty(), "sessions need a media worker");
  for (const Executor& executor : workers) {
    workers_.push_back(std::make_unique<Worker>(executor, services_, metrics_));
  }
}

EngineSessionHost::~EngineSessionHost() = default;

void EngineSessionHost::set_language_model(LanguageModel& language_model) {
  language_model_.store(&language_model);
}

void EngineSessionHost::set_speech(SpeechStack stack) {
  CHECK(workers_ready_.load() == 0, "speech is loaded once");
  stack_ = std::move(stack);
  stack_has_room_.store(stack_.has_room != nullptr);
  for (const auto& worker : workers_) {
    // The post orders stack_ before every start() on that worker.
    asio::post(
        worker->media.executor(),
        [this, worker = worker.get(), detector = stack_.make_voice_activity_detector()]() mutable {
          worker->media.adopt(std::move(detector));
          ++workers_ready_;
        });
  }
}

bool EngineSessionHost::speech_ready() const { return workers_ready_.load() == workers_.size(); }

Task<Result<>> EngineSessionHost::ready(Timepoint deadline) {
  while (!speech_ready() || language_model_.load() == nullptr) {
    if (services_.clock.now() >= deadline) {
      co_return failure(ErrorCode::unavailable, "speech is still loading; try again in a moment");
    }
    const auto waited = co_await services_.clock.sleep_for(kReadyPoll);
    if (!waited) co_return std::unexpected(waited.error());
  }
  co_return Result<>{};
}

bool EngineSessionHost::has_room(const Worker& worker) const {
  return worker.load.load() < MediaWorker::kSessionsMax && worker.media.load().has_room();
}

Result<> EngineSessionHost::room() const {
  const std::size_t calls = active_count();
  const bool free = (services_.calls_max == 0 || calls < services_.calls_max) &&
                    (!stack_has_room_.load() || stack_.has_room(calls)) &&
                    std::ranges::any_of(workers_, [this](const auto& w) { return has_room(*w); });
  if (free) return Result<>{};
  metrics_.sessions_refused.add();
  return failure(ErrorCode::unavailable,
                 "this server has as many calls as it can carry; try again in a moment");
}

Executor EngineSessionHost::pick_executor() {
  const auto least = std::ranges::min_element(workers_, {}, [this](const auto& worker) {
    return std::pair(!has_room(*worker), worker->load.load());
  });
  return (*least)->media.executor();
}

EngineSessionHost::Worker* EngineSessionHost::find(const Executor& executor) {
  for (const auto& worker : workers_) {
    if (worker->media.executor() == executor) return worker.get();
  }
  return nullptr;
}

Result<std::unique_ptr<SessionHandle>> EngineSessionHost::start(SessionPlan plan,
                                                                MediaTransport& transport,
                                                                Executor executor) {
  Worker* const worker = find(executor);
  CHECK(worker != nullptr, "start() is given an executor of pick_executor()");
  LanguageModel* const language_model = language_model_.load();
  if (stopping_.load()) {
    return failure(ErrorCode::unavailable, "the server is shutting down; call another one");
  }
  if (!worker->media.ready() || language_model == nullptr) {
    return failure(ErrorCode::unavailable, "speech is still loading; try again in a moment");
  }
  // Transports have asked, but others may have come in between.
  if (auto free = room(); !free) return std::unexpected(std::move(free.error()));
  const ConversationId conversation = plan.conversation.id;
  const std::shared_ptr<CallHold> hold = plan.hold;
  const SessionServices services{
      services_.clock, services_.random,   services_.journal,   services_.log,
      metrics_,        *stack_.recognizer, *stack_.synthesizer, *stack_.turn_detector,
      *language_model, services_.recorder, tools_.load()};
  // A call that is repeated asks for what the live one asked for.
  if (services.tools == nullptr) plan.tools.clear();
  const bool recorded = services_.recorder != nullptr && plan.configuration.recording.enabled;
  // Second owner: the transport's handle, which may outlive the call or end before it.
  auto log = services_.call_logs != nullptr ? services_.call_logs->open(plan) : nullptr;
  auto call =
      std::make_shared<RunningCall>(services, std::move(plan), transport, executor, std::move(log));
  {
    const MutexLock lock(mutex_);
    // Under the lock: whoever calls off asks end() afterwards, and one of the two sees the other.
    if (hold && hold->called_off.load()) {
      return failure(ErrorCode::closed, "the conversation was ended before it began");
    }
    if (!running_.emplace(conversation, Running{executor, call, worker, recorded}).second) {
      return failure(ErrorCode::already_exists, "this conversation already has a call");
    }
  }
  ++worker->load;
  metrics_.sessions_started.add();
  worker->media.add(call, [this, conversation] { forget(conversation); });
  return std::make_unique<Handle>(std::move(call));
}

void EngineSessionHost::forget(ConversationId conversation) {
  const MutexLock lock(mutex_);
  const auto entry = running_.find(conversation);
  if (entry == running_.end()) return;
  --entry->second.worker->load;
  running_.erase(entry);
}

Task<Result<std::unique_ptr<TextReply>>> EngineSessionHost::answer_text(
    SessionPlan plan, std::vector<Message> history, std::string text) {
  LanguageModel* const language_model = language_model_.load();
  if (language_model == nullptr) {
    co_return failure(ErrorCode::unavailable, "the agent is still loading; try again in a moment");
  }
  if (text.empty() || !is_valid_utf8(text) || utf8_length(text) > kTypedCharactersMax) {
    co_return failure(ErrorCode::invalid_argument,
                      "a message has 1 to 4000 characters of valid UTF-8",
                      {{"/text", "must have 1 to 4000 characters"}});
  }
  const TextServices services{
      services_.clock, services_.random, services_.journal, *language_model,
      typed_tools_.of(plan, tools_.load(), co_await asio::this_coro::executor)};
  co_return make_text_reply(services, std::move(plan), history, std::move(text));
}

bool EngineSessionHost::end(ConversationId conversation, EndReason reason) {
  const MutexLock lock(mutex_);
  const auto entry = running_.find(conversation);
  if (entry == running_.end()) return false;
  asio::post(entry->second.executor, [weak = entry->second.call, reason] {
    if (const auto call = weak.lock()) call->hang_up(reason);
  });
  return true;
}

bool EngineSessionHost::tell_recorded(ConversationId conversation,
                                      void (RunningCall::*what)(Timepoint)) {
  const Timepoint now = services_.clock.now();
  const MutexLock lock(mutex_);
  const auto entry = running_.find(conversation);
  if (entry == running_.end() || !entry->second.recorded) return false;
  asio::post(entry->second.executor, [weak = entry->second.call, what, now] {
    if (const auto call = weak.lock()) (call.get()->*what)(now);
  });
  return true;
}

bool EngineSessionHost::pause_recording(ConversationId conversation) {
  return tell_recorded(conversation, &RunningCall::pause_recording);
}

bool EngineSessionHost::resume_recording(ConversationId conversation) {
  return tell_recorded(conversation, &RunningCall::resume_recording);
}

std::size_t EngineSessionHost::active_count() const {
  const MutexLock lock(mutex_);
  return running_.size();
}

Task<> EngineSessionHost::stop(Timepoint deadline) {
  stopping_.store(true);
  co_await typed_tools_.stop();
  for (const auto& worker : workers_) {
    co_await asio::co_spawn(worker->media.executor(), worker->media.stop(deadline),
                            asio::use_awaitable);
  }
}

}  // namespace antiphon

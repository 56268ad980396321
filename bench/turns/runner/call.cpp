#include "call.h"

#include "engine/event_kinds.h"
#include "engine/expectation.h"
#include "engine/session_host.h"
#include "engine/words.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <algorithm>
#include <cstdlib>

namespace antiphon::turns {

namespace {

using namespace std::chrono_literals;

constexpr Duration kStep = 5ms;
constexpr Duration kAfterSpeech = 7s;
constexpr Duration kStopMeans = 300ms;

class Ear final : public MediaTransport {
 public:
  explicit Ear(Clock& clock) : clock_(clock) {}
  void send(const AudioFrame& frame) override {
    const bool audible = std::ranges::any_of(
        frame.samples, [](Sample sample) { return std::abs(int{sample}) > 200; });
    if (!first_sent) first_sent = clock_.now();
    sent.push_back(clock_.now());
    if (audible) sounded.push_back(clock_.now());
  }
  void clear() override {}
  void notify(const SessionNotice& notice) override {
    notices.emplace_back(clock_.now(), notice.json);
  }
  void finish(EndReason) override { finished = true; }

  std::optional<Timepoint> first_sent;
  std::vector<Timepoint> sent;
  std::vector<Timepoint> sounded;
  std::vector<std::pair<Timepoint, std::string>> notices;
  bool finished = false;

 private:
  Clock& clock_;
};

class NoJournal final : public ConversationJournal {
 public:
  void record(JournalEntry) override {}
};

// One loaded model for every call of the run.
class Shared final : public VoiceActivityDetector {
 public:
  explicit Shared(VoiceActivityDetector& inner) : inner_(inner) {}
  void process(std::span<const Input> inputs, std::span<State> states,
               std::span<float> probabilities) override {
    inner_.process(inputs, states, probabilities);
  }

 private:
  VoiceActivityDetector& inner_;
};

bool is_kind(const std::string& json, std::string_view kind) {
  return json.find("\"type\":\"" + std::string(kind) + '"') != std::string::npos;
}

// A step that asks for a number knows how long it is.
TurnExpectation expectation_of(const Item& item) {
  const std::vector<std::string> words = words_of(item.text);
  std::size_t length = 0;
  if (item.expected == ExpectedValue::digits) length = digits_of(words).size();
  if (item.expected == ExpectedValue::code) length = code_of(words).size();
  return {item.expected, static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length)};
}

class Call {
 public:
  Call(Rig& rig, const Item& item, const std::vector<Sample>& caller,
       const AgentConfiguration& configuration)
      : item_(item),
        caller_(caller),
        voice_(clock_, rig.agent, rig.agent_text),
        host_({clock_, random_, journal_, log_, metrics_}, {loop_.get_executor()}) {
    rig.detector.use(clock_);
    host_.set_language_model(model_);
    host_.set_speech({&recognizer_, &voice_, &rig.detector,
                      [&rig] { return std::make_unique<Shared>(rig.voice_activity); }});
    run_until_idle(loop_);
    SessionPlan plan;
    plan.conversation.started_at = clock_.wall();
    plan.configuration = configuration;
    plan.opening.expected = expectation_of(item);
    plan.configuration.greeting = *Text<0, 500>::make(
        item.over_agent ? std::string(rig.agent_text).substr(0, 490) : std::string());
    auto handle = host_.start(std::move(plan), ear_, loop_.get_executor());
    if (!handle) give_up(handle.error().message);
    handle_ = std::move(*handle);
    run_until_idle(loop_);
  }

  ~Call() {
    handle_->hang_up(EndReason::caller_hung_up);
    handle_.reset();
    TaskGroup group(loop_.get_executor());
    group.spawn(host_.stop(clock_.now() + 2s));
    for (int step = 0; step < 100 && group.size() > 0; ++step)
      advance(20ms);
  }

  Outcome place() {
    for (int step = 0; step < 400 && item_.over_agent && ear_.sounded.empty(); ++step)
      advance(kStep);
    zero_ = item_.over_agent ? ear_.sounded.front() : clock_.now();
    recognizer_.play(item_, zero_);
    next_frame_ = zero_ + kFrameDuration;
    while (clock_.now() < zero_ + item_.speech_end + kAfterSpeech)
      advance(kStep);
    return outcome();
  }

 private:
  void advance(Duration step) {
    clock_.advance(step);
    while (handle_ && next_frame_ > Timepoint{} && next_frame_ <= clock_.now()) {
      AudioFrame frame;
      frame.captured_at = next_frame_;
      for (Sample& sample : frame.samples)
        sample = at_ < caller_.size() ? caller_[at_++] : Sample{0};
      handle_->receive(frame);
      next_frame_ += kFrameDuration;
    }
    run_until_idle(loop_);
  }

  [[nodiscard]] std::int64_t since(Timepoint when) const {
    return to_milliseconds(when - zero_).count();
  }

  Outcome outcome() const {
    Outcome found;
    Timepoint committed{};
    for (const auto& [when, json] : ear_.notices) {
      found.events.push_back(std::to_string(since(when)) + ' ' + json);
      if (when < zero_) continue;
      const bool answers = is_kind(json, event_kind::kReplyStarted) &&
                           json.find("\"prompt\":\"answer\"") != std::string::npos;
      if (!answers) continue;
      found.committed.push_back(since(when));
      found.answered = true;
      committed = when;
    }
    if (item_.over_agent) {
      find_hole(found);
    } else if (found.answered) {
      const auto first = std::ranges::lower_bound(ear_.sounded, committed);
      if (first != ear_.sounded.end())
        found.first_audio = since(*first - kModelDelay - kVoiceDelay);
    }
    found.guesses = model_.requests;
    return found;
  }

  // The first hole in the agent's sound after the caller's began.
  void find_hole(Outcome& found) const {
    const Timepoint begin = zero_ + item_.speech_start;
    std::optional<Timepoint> before;
    for (const Timepoint frame : ear_.sent) {
      if (before && frame > begin && frame - *before - kFrameDuration >= kStopMeans) {
        found.agent_silent = since(std::max(*before + kFrameDuration, begin));
        found.resumed = since(frame);
        return;
      }
      before = frame;
    }
    if (before && clock_.now() - *before >= kStopMeans + kFrameDuration && !ends_by_itself(*before))
      found.agent_silent = since(std::max(*before + kFrameDuration, begin));
  }

  // agent.wav is over: silence is what follows.
  [[nodiscard]] bool ends_by_itself(Timepoint last) const {
    return std::ranges::any_of(ear_.notices, [&](const auto& notice) {
      return is_kind(notice.second, event_kind::kReplyEnded) && notice.first >= last - 100ms;
    });
  }

  const Item& item_;
  const std::vector<Sample>& caller_;
  ManualClock clock_;
  boost::asio::io_context loop_;
  SeededRandom random_{Seed{7}};
  NoJournal journal_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  LabelledRecognizer recognizer_{clock_};
  StubVoice voice_;
  StubModel model_{clock_};
  Ear ear_{clock_};
  EngineSessionHost host_;
  std::unique_ptr<SessionHandle> handle_;
  Timepoint zero_{};
  Timepoint next_frame_{};
  std::size_t at_ = 0;
};

}  // namespace

Outcome place_call(Rig& rig, const Item& item, const std::vector<Sample>& caller,
                   const AgentConfiguration& configuration) {
  Call call(rig, item, caller, configuration);
  return call.place();
}

}  // namespace antiphon::turns

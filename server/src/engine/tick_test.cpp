// The tick is sacred: counts what it allocates, in every state of a call.
#include "engine/running_call.h"
#include "testing/run.h"
#include "testing/simulation/scripted_recorder.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <new>

namespace {

thread_local bool counting = false;
thread_local std::size_t allocations = 0;

}  // namespace

// The sanitizers bring an operator new of their own.
#ifndef ANTIPHON_SANITIZED
void* operator new(std::size_t size) {
  if (counting) ++allocations;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (counting) ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  void* const memory = std::aligned_alloc(align, (size + align - 1) / align * align);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace antiphon {
namespace {

// Room for a whole call, made beforehand: what takes it from there is a thread of its own.
class RoomyLog final : public CallLogSink {
 public:
  RoomyLog() { bytes_.reserve(std::size_t{1} << 23); }
  bool append(std::span<const std::byte> bytes) noexcept override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return true;
  }

 private:
  std::vector<std::byte> bytes_;
};

// A call driven by hand, so that its tick can be watched alone.
class Bench {
 public:
  Bench() {
    SessionPlan plan;
    plan.configuration.greeting =
        *Text<0, 500>::make("Our opening hours are nine to five, Monday to Friday, all year.");
    plan.configuration.recording.enabled = true;
    const SessionServices services{clock_,      random_,      journal_,       log_,   metrics_,
                                   recognizer_, synthesizer_, turn_detector_, model_, &recorder_};
    call_ = std::make_unique<RunningCall>(services, std::move(plan), transport_,
                                          loop_.get_executor(), std::make_unique<RoomyLog>());
    group_.spawn(call_->serve());
    run_until_idle(loop_);
  }
  ~Bench() {
    call_->hang_up(EndReason::caller_hung_up);
    run_until_idle(loop_);
  }

  // 20 ms of a call: the caller's frame, then the tick under watch, then what it left to do.
  void step() {
    AudioFrame frame;
    for (Sample& sample : frame.samples) {
      if (microphone_.empty()) break;
      sample = microphone_.front();
      microphone_.pop_front();
    }
    clock_.advance(20ms);
    run_until_idle(loop_);
    const TurnState state = call_->session().state();
    counting = true;
    call_->receive(frame);
    if (call_->listen(input_)) {
      float probability = 0;
      detector_.process(std::span(&input_, 1), std::span(&call_->voice_state(), 1),
                        std::span(&probability, 1));
      call_->judged(probability);
    }
    const bool due = call_->tick(clock_.now());
    counting = false;
    ++ticks[state];
    if (due) call_->settle();
    run_until_idle(loop_);
  }
  void speak(const std::string& text, Duration duration) {
    const auto samples = lexicon_.speak(text, duration);
    microphone_.insert(microphone_.end(), samples.begin(), samples.end());
  }
  void run(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 20ms)
      step();
  }

  std::map<TurnState, int> ticks;

 private:
  ManualClock clock_;
  boost::asio::io_context loop_;
  SeededRandom random_{Seed{1}};
  RecordingJournal journal_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics registry_;
  EngineMetrics metrics_{registry_};
  Lexicon lexicon_;
  ScriptedRecognizer recognizer_{clock_, lexicon_};
  ScriptedSynthesizer synthesizer_{clock_, lexicon_};
  ScriptedTurnDetector turn_detector_{clock_};
  ScriptedModel model_{clock_};
  ScriptedTransport transport_{clock_};
  ScriptedRecorder recorder_;
  std::vector<std::size_t> runs_;
  ScriptedVoiceActivityDetector detector_{runs_};
  VoiceActivityDetector::Input input_;
  std::deque<Sample> microphone_;
  std::unique_ptr<RunningCall> call_;
  TaskGroup group_{loop_.get_executor()};
};

TEST(Tick, AllocatesNothingInAnyState) {
  Bench call;
  allocations = 0;
  call.run(1500ms);  // thinks about the greeting, speaks it
  call.speak("stop now please", 1200ms);
  call.run(5s);  // is interrupted, hears, thinks, answers, listens
  EXPECT_EQ(allocations, 0U);
  EXPECT_GT(call.ticks[TurnState::listening], 20);
  EXPECT_GT(call.ticks[TurnState::hearing], 20);
  EXPECT_GT(call.ticks[TurnState::thinking], 5);
  EXPECT_GT(call.ticks[TurnState::speaking], 20);
}

TEST(Tick, IsWatchedByACounterThatCounts) {
#ifdef ANTIPHON_SANITIZED
  GTEST_SKIP() << "the sanitizers bring an operator new of their own";
#endif
  allocations = 0;
  counting = true;
  const std::string text(100, 'x');
  counting = false;
  EXPECT_GE(allocations, 1U);
  EXPECT_EQ(text.size(), 100U);
}

}  // namespace
}  // namespace antiphon

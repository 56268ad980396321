#include "core/check.h"
#include "engine/media_worker.h"
#include "paths.h"
#include "testing/run.h"
#include "testing/simulation/simulation.h"
#include "transports/frame_assembler.h"

#include <optional>

namespace antiphon::bench {

namespace {

class CountingTransport final : public MediaTransport {
 public:
  void send(const AudioFrame&) override { ++frames; }
  void clear() override {}
  void notify(const SessionNotice&) override {}
  void finish(EndReason) override {}
  std::size_t frames = 0;
};

class NoJournal final : public ConversationJournal {
 public:
  void record(JournalEntry) override {}
};

// Gives each synthesis endless sound, a second at a time.
class EndlessSynthesizer final : public SpeechSynthesizer {
 public:
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest) override {
    class Stream final : public SynthesisStream {
     public:
      Task<Result<std::optional<SynthesizedChunk>>> next() override {
        co_return SynthesizedChunk{std::vector<Sample>(16'000, 3'000), {}};
      }
    };
    return std::make_unique<Stream>();
  }
  Task<Result<>> prepare(std::vector<SynthesisRequest>) override { co_return Result<>{}; }
};

enum class Load { idle, speaking };

// One call on one worker.
class Call {
 public:
  explicit Call(Load load) {
    worker_.emplace(loop_.get_executor(), clock, metrics_);
    worker_->adopt(std::make_unique<ScriptedVoiceActivityDetector>(runs_));
    SessionPlan plan;
    // Nobody is asked whether they are there while we count.
    plan.configuration.limits.idle_reminder_s = *Integer<5, 600>::make(600);
    if (load == Load::idle) plan.configuration.greeting = *Text<0, 500>::make("");
    call = std::make_shared<RunningCall>(services_, plan, transport, loop_.get_executor(), nullptr);
    worker_->add(call);
    run_until_idle(loop_);
  }
  ~Call() {
    call->hang_up(EndReason::caller_hung_up);
    run_until_idle(loop_);
    worker_.reset();
  }

  void tick() {
    call->receive(silence_);
    for (std::size_t phase = 0; phase < MediaWorker::kPhases; ++phase) {
      worker_->tick(phase, clock.now());
      clock.advance(std::chrono::milliseconds(5));
      run_until_idle(loop_);
    }
  }

  [[nodiscard]] std::uint64_t dropped() const { return metrics_.caller_frames_dropped.value(); }

  ManualClock clock;
  CountingTransport transport;
  std::shared_ptr<RunningCall> call;

 private:
  boost::asio::io_context loop_;
  SeededRandom random_{Seed{1}};
  NoJournal journal_;
  Log log_{clock, -1, LogLevel::error};
  Metrics registry_;
  EngineMetrics metrics_{registry_};
  Lexicon lexicon_;
  ScriptedRecognizer recognizer_{clock, lexicon_};
  EndlessSynthesizer synthesizer_;
  ScriptedTurnDetector turn_detector_{clock};
  ScriptedModel model_{clock};
  std::vector<std::size_t> runs_;
  SessionServices services_{clock,       random_,      journal_,       log_,  metrics_,
                            recognizer_, synthesizer_, turn_detector_, model_};
  AudioFrame silence_;
  std::optional<MediaWorker> worker_;
};

}  // namespace

void tick_idle(std::size_t count) {
  Call call(Load::idle);
  for (std::size_t done = 0; done < count; ++done)
    call.tick();
  CHECK(call.transport.frames == 0, "an idle agent sends nothing");
}

void tick_speaking(std::size_t count) {
  Call call(Load::speaking);
  for (std::size_t done = 0; done < count; ++done)
    call.tick();
  CHECK(call.transport.frames + 50 >= count, "the agent spoke all the time");
}

void frame_received(std::size_t count) {
  Call call(Load::idle);
  FrameAssembler assembler;
  const std::string piece(640, '\x01');
  for (std::size_t done = 0; done < count; ++done) {
    const auto taken = assembler.push(piece, call.clock.now(),
                                      [&](const AudioFrame& frame) { call.call->receive(frame); });
    CHECK(taken.has_value(), "a frame every 20 ms is as fast as one may send");
    call.clock.advance(kFrameDuration);
  }
  CHECK(call.dropped() == 0, "what is counted is a frame that is kept");
}

}  // namespace antiphon::bench

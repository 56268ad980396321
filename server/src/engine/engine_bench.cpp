// What a tick costs: one phase of a media worker with 1, 50 and 500 calls, idle and speaking.
#include "engine/media_worker.h"
#include "testing/run.h"
#include "testing/simulation/simulation.h"

#include <benchmark/benchmark.h>

namespace antiphon {
namespace {

class QuietTransport final : public MediaTransport {
 public:
  void send(const AudioFrame& frame) override { benchmark::DoNotOptimize(frame.samples[0]); }
  void clear() override {}
  void notify(const SessionNotice& notice) override { benchmark::DoNotOptimize(notice.json); }
  void finish(EndReason reason) override { benchmark::DoNotOptimize(reason); }
};

class NoJournal final : public ConversationJournal {
 public:
  void record(JournalEntry entry) override { benchmark::DoNotOptimize(entry); }
};

// Gives each synthesis endless sound, a chunk at a time.
class EndlessSynthesizer final : public SpeechSynthesizer {
 public:
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override {
    class Stream final : public SynthesisStream {
     public:
      Task<Result<std::optional<SynthesizedChunk>>> next() override {
        co_return SynthesizedChunk{std::vector<Sample>(16'000, 3'000), {}};
      }
    };
    static_cast<void>(request);
    return std::make_unique<Stream>();
  }
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override {
    static_cast<void>(prompts);
    co_return Result<>{};
  }
};

enum class Load { idle, speaking };

void tick(benchmark::State& state, Load load) {
  ManualClock clock;
  boost::asio::io_context loop;
  SeededRandom random{Seed{1}};
  NoJournal journal;
  Log log{clock, 2, LogLevel::error};
  Metrics registry;
  EngineMetrics metrics{registry};
  Lexicon lexicon;
  ScriptedRecognizer recognizer{clock, lexicon};
  EndlessSynthesizer synthesizer;
  ScriptedTurnDetector turn_detector{clock};
  ScriptedModel model{clock};
  QuietTransport transport;
  std::vector<std::size_t> runs;
  const SessionServices services{clock,      random,      journal,       log,  metrics,
                                 recognizer, synthesizer, turn_detector, model};
  const auto calls = static_cast<std::size_t>(state.range(0));
  std::vector<std::shared_ptr<RunningCall>> running;
  {
    MediaWorker worker(loop.get_executor(), clock, metrics);
    worker.adopt(std::make_unique<ScriptedVoiceActivityDetector>(runs));
    SessionPlan plan;
    if (load == Load::idle) plan.configuration.greeting = *Text<0, 500>::make("");
    for (std::size_t call = 0; call < calls; ++call) {
      running.push_back(
          std::make_shared<RunningCall>(services, plan, transport, loop.get_executor(), nullptr));
      worker.add(running.back());
    }
    run_until_idle(loop);
    const AudioFrame silence;
    std::size_t phase = 0;
    for (auto _ : state) {
      state.PauseTiming();
      // Everything of the 5 ms but the tick itself: time, the callers' frames, the synthesizers.
      clock.advance(std::chrono::milliseconds(5));
      run_until_idle(loop);
      if (phase == 0) {
        for (const auto& call : running)
          call->receive(silence);
      }
      state.ResumeTiming();
      worker.tick(phase, clock.now());
      phase = (phase + 1) % MediaWorker::kPhases;
    }
    for (const auto& call : running)
      call->hang_up(EndReason::caller_hung_up);
    run_until_idle(loop);
  }
  // Four phases make 20 ms of every call.
  state.SetItemsProcessed(state.iterations() * state.range(0) / 4);
}

void idle(benchmark::State& state) { tick(state, Load::idle); }
void speaking(benchmark::State& state) { tick(state, Load::speaking); }

BENCHMARK(idle)->Arg(1)->Arg(50)->Arg(500);
BENCHMARK(speaking)->Arg(1)->Arg(50)->Arg(500);

}  // namespace
}  // namespace antiphon

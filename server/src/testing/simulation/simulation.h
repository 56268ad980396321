// A whole call in a test: manual clock, seeded network, scripted providers, the real engine.
//
//   Simulation call{Seed{7}};
//   call.agent_says("Our opening hours are nine to five, Monday to Friday.");   // as its greeting;
//   it is speaking now call.advance(400ms);
//   call.caller_speaks("wait", 300ms);
//   call.advance(1s);
//   EXPECT_EQ(call.transcript().back().heard_by_caller, "Our opening hours");
//
// The caller's microphone sends a frame every 20 ms, up to `jitter` late but in order.
// At its end every simulated call is repeated from its log: a call that is not the same is a fault.
// heard_words() is read off the frames that were really sent, so it is the truth the engine's own
// bookkeeping is compared with.
#pragma once

#include "core/random.h"
#include "engine/session_host.h"
#include "testing/manual_clock.h"
#include "testing/simulation/memory_call_logs.h"
#include "testing/simulation/scripted_model.h"
#include "testing/simulation/scripted_recorder.h"
#include "testing/simulation/scripted_speech.h"
#include "testing/simulation/scripted_tools.h"
#include "testing/simulation/unruly.h"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

enum class Outgoing : std::uint8_t { silence, speech };

struct TranscriptLine {
  Speaker speaker = Speaker::caller;
  std::string said;
  std::string heard_by_caller;
  bool interrupted = false;
};

// What the far side of the call got.
class ScriptedTransport final : public MediaTransport {
 public:
  explicit ScriptedTransport(Clock& clock) : clock_(clock) { samples.reserve(1 << 22); }
  void send(const AudioFrame& frame) override;
  void clear() override { ++cleared; }
  void notify(const SessionNotice& notice) override { notices.push_back(notice.json); }
  void finish(EndReason reason) override;

  std::vector<Sample> samples;
  std::size_t frames = 0;
  Timepoint last_frame{};
  int cleared = 0;
  int finishes = 0;
  std::optional<EndReason> finished;
  bool forbidden = false;  // a send from here on is a fault
  std::size_t forbidden_frames = 0;
  std::vector<std::string> notices;

 private:
  Clock& clock_;
};

class RecordingJournal final : public ConversationJournal {
 public:
  void record(JournalEntry entry) override;
  std::vector<JournalEntry> entries;
  std::function<void(const JournalEntry&)> on_record;
};

// What happens to the caller's frames, in percent of them.
struct NetworkFaults {
  std::uint64_t lost = 0;
  std::uint64_t doubled = 0;
  std::uint64_t held = 0;  // for 200 ms, and those behind it too
};

class Simulation;

struct SimulationOptions {
  Duration jitter{0};
  AgentConfiguration configuration;
  NetworkFaults network = {};
  std::vector<Tool> tools = {};  // those the agent has; `tools` of the simulation carries them out
  // Puts providers of the test's own in front of the scripted ones, before the call is placed; they
  // outlive the simulation.
  std::function<void(Simulation&, SpeechStack&, LanguageModel*&)> arrange = {};
};

class Simulation {
 public:
  explicit Simulation(Seed seed, SimulationOptions options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  // Places the call. Called by the helpers below when the test did not.
  void start();
  void agent_says(const std::string& greeting);
  void caller_speaks(const std::string& text, Duration duration);
  void caller_coughs(Duration duration);
  void caller_makes_noise(Duration duration);
  void caller_pauses(Duration duration);  // before what is queued next
  void caller_types(const std::string& text);
  // Of what it was sent, the far side has this much not played.
  void far_side_holds(Duration sound);
  void caller_mutes(bool muted) { muted_ = muted; }  // sends no frames at all
  // From now on, for so long: ten times as many frames as real time has.
  void caller_floods(Duration duration);
  void hang_up(EndReason reason = EndReason::caller_hung_up);
  void end_by_api();
  void drop_transport();
  // False: nothing runs, or the call is not recorded.
  [[nodiscard]] bool pause_recording();
  void advance(Duration duration);
  // Advances until the call has closed or `limit` has passed; true when closed.
  bool advance_until_closed(Duration limit);

  [[nodiscard]] Outgoing outgoing_audio() const;
  [[nodiscard]] std::string heard_words() const;
  [[nodiscard]] std::vector<TranscriptLine> transcript() const;
  [[nodiscard]] std::vector<Message> messages() const;
  [[nodiscard]] std::vector<std::string> event_kinds() const;
  [[nodiscard]] std::size_t count_events(std::string_view kind) const;
  [[nodiscard]] std::optional<JournalEntry::Ended> ended() const;
  [[nodiscard]] bool closed() const { return transport.finished.has_value(); }
  [[nodiscard]] Seed seed() const { return seed_; }
  // The caller makes a sound at the moment, or has one to make.
  [[nodiscard]] bool caller_sounds() const { return !muted_ && sounding_; }
  [[nodiscard]] bool microphone_free() const { return microphone_.empty(); }
  // What is wrong after the end of the call: something is still running, or was sent.
  [[nodiscard]] std::vector<std::string> end_faults();
  void expect_clean_end();
  // Stops the host, as the destructor does; false when it does not stop.
  [[nodiscard]] bool stop();
  // How the call differs when it is repeated from its log; empty: it is the same. After stop().
  [[nodiscard]] std::string replay_fault() const;

  ManualClock clock;
  boost::asio::io_context loop;
  Lexicon lexicon;
  ScriptedRecognizer recognizer{clock, lexicon};
  ScriptedSynthesizer synthesizer{clock, lexicon};
  UnrulyRecognizer unruly_recognizer;    // in front of the recognizer
  UnrulySynthesizer unruly_synthesizer;  // in front of the synthesizer
  ScriptedTurnDetector turn_detector{clock};
  ScriptedModel model{clock};
  ScriptedTools tools{clock};
  ScriptedTransport transport{clock};
  RecordingJournal journal;
  MemoryCallLogs call_logs;
  ScriptedRecorder recorder;
  AgentConfiguration configuration;
  std::vector<std::size_t> voice_activity_runs;
  Metrics metrics;

 private:
  void capture_frame();
  void deliver_frames();
  [[nodiscard]] AudioFrame next_frame();
  [[nodiscard]] bool happens(std::uint64_t percent);
  void queue(const std::vector<Sample>& samples);

  Seed seed_;
  SeededRandom random_;
  Log log_;
  Duration jitter_;
  NetworkFaults network_;
  std::vector<Tool> offered_;
  std::unique_ptr<EngineSessionHost> host_;
  std::unique_ptr<SessionHandle> handle_;
  std::deque<Sample> microphone_;
  std::deque<std::pair<Timepoint, AudioFrame>> on_the_way_;
  Timepoint next_capture_{};
  Timepoint flood_until_{};
  bool muted_ = false;
  bool sounding_ = false;
  bool stopped_ = false;
  bool recording_paused_ = false;  // the log of the call has ended there
};

}  // namespace antiphon

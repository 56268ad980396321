#include "testing/simulation/simulation.h"

#include "core/check.h"
#include "domain/usage.h"
#include "engine/call_replay.h"
#include "testing/run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace antiphon {

namespace {

constexpr Duration kStep = 5ms;
constexpr Duration kSettleMax = 5s;
constexpr Duration kHeldFor = 200ms;
constexpr int kFloodFactor = 10;

ConversationId conversation_id() {
  return ConversationId(*Uuid::parse("00000000-0000-4000-8000-0000000000c1"));
}

}  // namespace

void ScriptedTransport::send(const AudioFrame& frame) {
  if (forbidden) ++forbidden_frames;
  if (samples.size() + frame.samples.size() <= samples.capacity()) {
    samples.insert(samples.end(), frame.samples.begin(), frame.samples.end());
  }
  ++frames;
  last_frame = clock_.now();
}

void ScriptedTransport::finish(EndReason reason) {
  finished = reason;
  ++finishes;
  forbidden = true;
}

void RecordingJournal::record(JournalEntry entry) {
  if (on_record) on_record(entry);
  entries.push_back(std::move(entry));
}

Simulation::Simulation(Seed seed, SimulationOptions options)
    : unruly_recognizer(clock, recognizer, seed),
      unruly_synthesizer(clock, synthesizer, seed),
      configuration(std::move(options.configuration)),
      seed_(seed),
      random_(seed),
      log_(clock, 2, LogLevel::error),
      jitter_(options.jitter),
      network_(options.network),
      offered_(options.tools) {
  host_ = std::make_unique<EngineSessionHost>(HostServices{.clock = clock,
                                                           .random = random_,
                                                           .journal = journal,
                                                           .log = log_,
                                                           .metrics = metrics,
                                                           .recorder = &recorder,
                                                           .call_logs = &call_logs},
                                              std::vector<Executor>{loop.get_executor()});
  LanguageModel* answering = &model;
  SpeechStack stack{&unruly_recognizer, &unruly_synthesizer, &turn_detector, [this] {
                      return std::make_unique<ScriptedVoiceActivityDetector>(voice_activity_runs);
                    }};
  if (options.arrange) options.arrange(*this, stack, answering);
  host_->set_language_model(*answering);
  host_->set_tools(tools);
  host_->set_speech(std::move(stack));
  run_until_idle(loop);
}

Simulation::~Simulation() {
  EXPECT_TRUE(stop()) << "the host did not stop";
  EXPECT_EQ(replay_fault(), "");
  if (testing::Test::HasFailure()) {
    std::cerr << "the simulation that failed had seed " << seed_.value() << '\n';
  }
}

bool Simulation::stop() {
  if (stopped_) return true;
  handle_.reset();
  {
    TaskGroup group(loop.get_executor());
    group.spawn([](EngineSessionHost& host, Timepoint deadline, bool& done) -> Task<> {
      co_await host.stop(deadline);
      done = true;
    }(*host_, clock.now() + kSettleMax, stopped_));
    for (Duration waited{0}; !stopped_ && waited < 2 * kSettleMax; waited += kStep) {
      run_until_idle(loop);
      clock.advance(kStep);
    }
    run_until_idle(loop);
  }
  return stopped_;
}

std::string Simulation::replay_fault() const {
  for (const auto& call : call_logs.calls) {
    const auto report = replay_call(call->plan, call->log, {});
    if (!report) return report.error().message;
    if (const auto& difference = report->difference) {
      return fmt::format("{} ({}, event {} of {}, {} ms)", difference->what,
                         name_of(difference->input), difference->event, report->events,
                         to_milliseconds(difference->at).count());
    }
    if (report->cut && !recording_paused_) return "the log ends before the call";
  }
  return {};
}

void Simulation::start() {
  if (handle_ || closed()) return;
  SessionPlan plan;
  plan.conversation.id = conversation_id();
  plan.conversation.started_at = clock.wall();
  plan.configuration = configuration;
  plan.tools = offered_;
  auto handle = host_->start(std::move(plan), transport, loop.get_executor());
  CHECK(handle.has_value(), "speech is ready in a simulation");
  handle_ = std::move(*handle);
  next_capture_ = clock.now();
  run_until_idle(loop);
}

void Simulation::agent_says(const std::string& greeting) {
  configuration.greeting = *Text<0, 500>::make(greeting);
  start();
  for (int step = 0; step < 1000 && transport.frames == 0; ++step)
    advance(kStep);
  CHECK(transport.frames > 0, "the agent speaks its greeting");
}

void Simulation::queue(const std::vector<Sample>& samples) {
  start();
  microphone_.insert(microphone_.end(), samples.begin(), samples.end());
}

void Simulation::caller_speaks(const std::string& text, Duration duration) {
  queue(lexicon.speak(text, duration));
}

void Simulation::caller_coughs(Duration duration) {
  std::vector<Sample> samples;
  append_tone(samples, Lexicon::kCough, samples_in(duration));
  queue(samples);
}

void Simulation::caller_makes_noise(Duration duration) {
  std::vector<Sample> samples;
  append_tone(samples, Lexicon::kNoise, samples_in(duration));
  queue(samples);
}

void Simulation::caller_pauses(Duration duration) {
  queue(std::vector<Sample>(samples_in(duration)));
}

void Simulation::caller_types(const std::string& text) {
  start();
  handle_->receive_text(text);
  run_until_idle(loop);
}

void Simulation::far_side_holds(Duration sound) {
  start();
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(sound).count();
  handle_->report_unplayed(
      SampleCount{static_cast<std::uint32_t>(held) * kEngineRate.value() / 1'000});
  run_until_idle(loop);
}

void Simulation::hang_up(EndReason reason) {
  start();
  transport.forbidden = true;
  handle_->hang_up(reason);
  run_until_idle(loop);
}

void Simulation::end_by_api() {
  start();
  const bool running = host_->end(conversation_id(), EndReason::ended_by_api);
  run_until_idle(loop);
  if (running) transport.forbidden = true;
}

bool Simulation::pause_recording() {
  const bool paused = host_->pause_recording(conversation_id());
  run_until_idle(loop);
  recording_paused_ = recording_paused_ || paused;
  return paused;
}

void Simulation::caller_floods(Duration duration) {
  start();
  flood_until_ = clock.now() + duration;
}

void Simulation::drop_transport() {
  transport.forbidden = true;
  handle_.reset();
  run_until_idle(loop);
}

AudioFrame Simulation::next_frame() {
  AudioFrame frame;
  frame.origin = Origin::received;
  frame.captured_at = next_capture_;
  sounding_ = false;
  for (Sample& sample : frame.samples) {
    if (microphone_.empty()) break;
    sample = microphone_.front();
    sounding_ = sounding_ || std::abs(int{sample}) >= Lexicon::kCough;
    microphone_.pop_front();
  }
  return frame;
}

bool Simulation::happens(std::uint64_t percent) {
  return percent > 0 && random_.below(100) < percent;
}

void Simulation::capture_frame() {
  const AudioFrame frame = next_frame();
  Duration late{0};
  if (jitter_ > Duration::zero()) {
    late = Duration(
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(jitter_.count()))));
  }
  if (happens(network_.held)) late += kHeldFor;
  Timepoint due = next_capture_ + late;
  if (!on_the_way_.empty()) due = std::max(due, on_the_way_.back().first);
  if (muted_ || happens(network_.lost)) return;
  on_the_way_.emplace_back(due, frame);
  if (happens(network_.doubled)) on_the_way_.emplace_back(due, frame);
}

void Simulation::deliver_frames() {
  while (handle_ && next_capture_ <= clock.now()) {
    const int frames = next_capture_ < flood_until_ ? kFloodFactor : 1;
    for (int count = 0; count < frames; ++count)
      capture_frame();
    next_capture_ += kFrameDuration;
  }
  while (handle_ && !on_the_way_.empty() && on_the_way_.front().first <= clock.now()) {
    handle_->receive(on_the_way_.front().second);
    on_the_way_.pop_front();
  }
}

void Simulation::advance(Duration duration) {
  for (Duration passed{0}; passed < duration; passed += kStep) {
    clock.advance(kStep);
    deliver_frames();
    run_until_idle(loop);
  }
}

bool Simulation::advance_until_closed(Duration limit) {
  for (Duration passed{0}; passed < limit && !closed(); passed += 20ms)
    advance(20ms);
  return closed();
}

Outgoing Simulation::outgoing_audio() const {
  if (transport.frames == 0 || clock.now() - transport.last_frame > kFrameDuration) {
    return Outgoing::silence;
  }
  const auto last = std::span(transport.samples).last(kFrameSamples.value());
  const bool loud =
      std::ranges::any_of(last, [](Sample sample) { return std::abs(int{sample}) > 200; });
  return loud ? Outgoing::speech : Outgoing::silence;
}

std::string Simulation::heard_words() const { return lexicon.recognize(transport.samples); }

std::vector<Message> Simulation::messages() const {
  std::vector<Message> found;
  for (const JournalEntry& entry : journal.entries) {
    if (const auto* message = std::get_if<Message>(&entry.what)) found.push_back(*message);
  }
  return found;
}

std::vector<TranscriptLine> Simulation::transcript() const {
  std::vector<TranscriptLine> lines;
  for (const Message& message : messages()) {
    lines.push_back({message.speaker, message.said, message.heard, message.interrupted});
  }
  return lines;
}

std::vector<std::string> Simulation::event_kinds() const {
  std::vector<std::string> kinds;
  for (const JournalEntry& entry : journal.entries) {
    const auto* event = std::get_if<ConversationEvent>(&entry.what);
    if (event != nullptr && event->kind != kUsageEvent) kinds.push_back(event->kind);
  }
  return kinds;
}

std::size_t Simulation::count_events(std::string_view kind) const {
  return static_cast<std::size_t>(std::ranges::count(event_kinds(), kind));
}

std::optional<JournalEntry::Ended> Simulation::ended() const {
  if (journal.entries.empty()) return std::nullopt;
  const auto* ended = std::get_if<JournalEntry::Ended>(&journal.entries.back().what);
  return ended == nullptr ? std::nullopt : std::optional(*ended);
}

std::vector<std::string> Simulation::end_faults() {
  advance(100ms);
  handle_.reset();
  advance(100ms);
  std::vector<std::string> faults;
  const auto expect = [&faults](bool holds, const char* fault) {
    if (!holds) faults.emplace_back(fault);
  };
  expect(host_->active_count() == 0, "a session is still there");
  expect(clock.sleeper_count() == 0, "a task is still waiting");
  expect(transport.forbidden_frames == 0, "a frame was sent after the end");
  expect(ended().has_value(), "the journal does not end with Ended");
  expect(!journal.entries.empty() &&
             std::holds_alternative<JournalEntry::Started>(journal.entries.front().what),
         "the journal does not begin with Started");
  return faults;
}

void Simulation::expect_clean_end() {
  for (const std::string& fault : end_faults())
    ADD_FAILURE() << fault;
}

}  // namespace antiphon

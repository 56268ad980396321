#include "calls/call_record.h"

#include "testing/simulation/simulation.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace antiphon::simulated {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kStep = milliseconds(5);
constexpr Duration kFlicker = milliseconds(40);
constexpr Duration kDictatedWordsMin = milliseconds(200);
// An act that waits for a word of the agent goes without it after so long.
constexpr Duration kWordAwaitedMax = seconds(8);
// The engine's last words after its limit, and a second.
constexpr Duration kAfterLimitMax = seconds(17);
constexpr Duration kClosingMax = seconds(2);

AgentConfiguration configuration_of(const AgentScript& agent) {
  AgentConfiguration configuration;
  configuration.greeting = *Text<0, 500>::make(agent.greeting);
  configuration.turn.profile = agent.profile;
  configuration.turn.interruptible = agent.interruptible;
  configuration.turn.speculative = agent.speculative;
  configuration.turn.silence_max_ms = *Integer<100, 5'000>::make(agent.silence_max_ms);
  configuration.limits.duration_max_s = *Integer<10, 14'400>::make(agent.duration_max_s);
  configuration.limits.idle_reminder_s = *Integer<5, 600>::make(agent.idle_reminder_s);
  configuration.limits.idle_reminders_max = *Integer<0, 5>::make(agent.idle_reminders_max);
  return configuration;
}

SimulationOptions options_of(const CallScript& script) {
  const NetworkScript& network = script.network;
  const auto percent = [](std::int32_t value) { return static_cast<std::uint64_t>(value); };
  return {milliseconds(network.jitter_ms),
          configuration_of(script.agent),
          {percent(network.loss_percent), percent(network.doubled_percent),
           percent(network.held_percent)}};
}

ScriptedReply reply_of(const ReplyScript& script) {
  return {script.texts, milliseconds(script.first_delay_ms), milliseconds(script.chunk_delay_ms),
          static_cast<ReplyAction>(script.end), script.fails};
}

class Run {
 public:
  explicit Run(const CallScript& script)
      : call_(std::make_unique<Simulation>(Seed{static_cast<std::uint64_t>(script.seed)},
                                           options_of(script))) {
    record_.script = script;
    set_up();
  }

  CallRecord run() {
    began_ = call_->clock.now();
    sound_at_ = began_;
    call_->start();
    for (const Act& act : record_.script.acts)
      carry_out(act);
    wait(milliseconds(record_.script.linger_ms));
    end();
    finish();
    return std::move(record_);
  }

 private:
  using RecognizerFaults = UnrulyRecognizer::Fault;

  void set_up() {
    const CallScript& script = record_.script;
    call_->recognizer.partial_every = milliseconds(script.recognizer.partial_every_ms);
    call_->recognizer.final_delay = milliseconds(script.recognizer.final_delay_ms);
    set_recognizer_fault(script.recognizer.fault);
    call_->unruly_recognizer.dice.set_percent(
        static_cast<std::uint64_t>(script.recognizer.fault_percent));
    call_->synthesizer.first_delay = milliseconds(script.synthesizer.first_delay_ms);
    call_->synthesizer.word_times = script.synthesizer.word_times;
    call_->unruly_synthesizer.fault =
        static_cast<UnrulySynthesizer::Fault>(script.synthesizer.fault);
    call_->unruly_synthesizer.dice.set_percent(
        static_cast<std::uint64_t>(script.synthesizer.fault_percent));
    call_->turn_detector.delay = milliseconds(script.detector.delay_ms);
    call_->turn_detector.probability = static_cast<float>(script.detector.complete_percent) / 100.F;
    call_->turn_detector.failing = script.detector.failing;
    for (const ReplyScript& reply : script.replies)
      call_->model.replies.push_back(reply_of(reply));
    call_->journal.on_record = [this](const JournalEntry& entry) {
      see(record_.entries, entry);
      const auto* event = std::get_if<ConversationEvent>(&entry.what);
      if (event != nullptr && event->kind == "reply.started") {
        reply_from_ = call_->transport.samples.size();
      }
    };
  }

  void set_recognizer_fault(RecognizerFault fault) {
    call_->recognizer.stalled = fault == RecognizerFault::stalled;
    static constexpr RecognizerFaults kFaults[] = {
        RecognizerFaults::none,     RecognizerFaults::none,    RecognizerFaults::failing,
        RecognizerFaults::empty,    RecognizerFaults::doubled, RecognizerFaults::out_of_order,
        RecognizerFaults::after_end};
    call_->unruly_recognizer.fault = kFaults[static_cast<std::size_t>(fault)];
  }

  template <class What>
  void see(std::vector<Seen<What>>& list, const What& what) {
    list.push_back({call_->clock.now() - began_, call_->transport.frames, what});
  }

  void step() {
    call_->advance(kStep);
    const Timepoint now = call_->clock.now();
    while (record_.frames.size() < call_->transport.frames) {
      record_.frames.push_back(now - began_);
      sound_at_ = now;
    }
    while (record_.notices.size() < call_->transport.notices.size())
      see(record_.notices, call_->transport.notices[record_.notices.size()]);
    if (call_->caller_sounds()) sound_at_ = now;
    if (call_->closed()) {
      if (!std::exchange(record_.closed, true)) record_.closed_at = now - began_;
      return;
    }
    if (now - sound_at_ > record_.silence.length) record_.silence = {now - sound_at_, now - began_};
  }

  void wait(Duration duration) {
    const Timepoint until = call_->clock.now() + duration;
    while (call_->clock.now() < until && !call_->closed())
      step();
  }

  void carry_out(const Act& act) {
    while (!call_->microphone_free() && !call_->closed())
      step();
    wait(milliseconds(act.after_ms));
    if (act.kind == ActKind::talk_over) wait_for_word(act.word);
    if (call_->closed()) return;
    act_now(act, milliseconds(act.length_ms));
  }

  void act_now(const Act& act, Duration length) {
    switch (act.kind) {
      case ActKind::speak:
      case ActKind::talk_over:
        return call_->caller_speaks(act.text, std::max(length, kStep));
      case ActKind::dictate:
        return dictate(act, length);
      case ActKind::pause:
        return call_->caller_pauses(length);
      case ActKind::cough:
        return call_->caller_coughs(length);
      case ActKind::noise:
        return call_->caller_makes_noise(length);
      case ActKind::flicker:
        for (Duration made{0}; made < length; made += 2 * kFlicker) {
          call_->caller_coughs(kFlicker);
          call_->caller_pauses(kFlicker);
        }
        return;
      case ActKind::type:
        sound_at_ = call_->clock.now();
        return call_->caller_types(act.text);
      case ActKind::mute:
        call_->caller_mutes(true);
        wait(length);
        return call_->caller_mutes(false);
      case ActKind::flood:
        return call_->caller_floods(length);
      case ActKind::revive:
        set_recognizer_fault(RecognizerFault::none);
        call_->unruly_synthesizer.fault = UnrulySynthesizer::Fault::none;
        call_->turn_detector.failing = false;
        return;
    }
  }

  void dictate(const Act& act, Duration length) {
    for (std::size_t at = 0; at < act.text.size();) {
      const std::size_t end = std::min(act.text.find('|', at), act.text.size());
      if (end > at) {
        call_->caller_speaks(act.text.substr(at, end - at), std::max(length, kDictatedWordsMin));
        call_->caller_pauses(milliseconds(act.pause_ms));
      }
      at = end + 1;
    }
  }

  void wait_for_word(int count) {
    const Timepoint until = call_->clock.now() + kWordAwaitedMax;
    while (call_->clock.now() < until && !call_->closed() && words_begun() < count)
      step();
  }

  // Of the reply that is running.
  [[nodiscard]] int words_begun() const {
    int words = 0;
    Sample before = 0;
    const std::vector<Sample>& samples = call_->transport.samples;
    for (std::size_t at = reply_from_; at < samples.size(); at += 2) {
      const auto level = static_cast<Sample>(std::abs(int{samples[at]}));
      if (level >= Lexicon::kFirstWord && level != before) ++words;
      before = level;
    }
    return words;
  }

  void end() {
    switch (record_.script.end) {
      case CallEnd::hang_up:
        if (!call_->closed()) call_->hang_up();
        break;
      case CallEnd::ended_by_api:
        if (!call_->closed()) call_->end_by_api();
        break;
      case CallEnd::drop_transport:
        if (!call_->closed()) call_->drop_transport();
        return;
      case CallEnd::nobody:
        wait(seconds(record_.script.agent.duration_max_s) + kAfterLimitMax -
             (call_->clock.now() - began_));
        return;
    }
    wait(kClosingMax);
  }

  void finish() {
    record_.finishes = call_->transport.finishes;
    record_.finished = call_->transport.finished.value_or(EndReason::failure);
    for (std::size_t at = 0; at < call_->model.requests.size(); ++at) {
      const bool scripted = at < record_.script.replies.size();
      record_.asked[call_->model.requests[at].generation.to_string()] =
          scripted ? record_.script.replies[at] : ReplyScript{};
    }
    record_.end_faults = call_->end_faults();
    if (!call_->stop()) record_.end_faults.emplace_back("the host does not stop");
    if (const std::string fault = call_->replay_fault(); !fault.empty())
      record_.end_faults.push_back("repeated from its log, " + fault);
    record_.finishes = call_->transport.finishes;
    record_.distorted = call_->unruly_synthesizer.distorted > 0;
    collect_words();
    call_.reset();
  }

  void collect_words() {
    const std::vector<Sample>& samples = call_->transport.samples;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      const int level = std::abs(int{samples[at]});
      if (level < Lexicon::kFirstWord) continue;
      const bool same = !record_.words.empty() && record_.words.back().number == level;
      // A word that was taken up again after a pause stands there twice.
      if (!same) {
        record_.words.push_back({level, call_->lexicon.word(static_cast<Sample>(level)), 0,
                                 at / kFrameSamples.value()});
      }
      ++record_.words.back().samples;
    }
  }

  CallRecord record_;
  std::unique_ptr<Simulation> call_;
  Timepoint began_{};
  Timepoint sound_at_{};
  std::size_t reply_from_ = 0;
};

struct Digest {
  std::string text;
  void operator()(const JournalEntry::Started&) { text += "started"; }
  void operator()(const Message& message) {
    text += message.said + '/' + message.heard + '/' + std::to_string(message.ended.count());
  }
  void operator()(const ConversationEvent& event) { text += event.kind + event.payload; }
  void operator()(const JournalEntry::Ended& ended) {
    text += "ended " + std::to_string(static_cast<int>(ended.reason));
  }
};

}  // namespace

CallRecord run_call(const CallScript& script) { return Run(script).run(); }

std::string digest(const CallRecord& record) {
  Digest digest;
  for (const auto& entry : record.entries) {
    digest.text += std::to_string(entry.at.count()) + ' ';
    std::visit(digest, entry.what.what);
    digest.text += '\n';
  }
  for (const SentWord& word : record.words)
    digest.text += word.text + ' ' + std::to_string(word.frame) + '\n';
  return digest.text;
}

}  // namespace antiphon::simulated

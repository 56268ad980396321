#include "engine/call_ports.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

namespace antiphon {

namespace {

constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15;  // as in SplitMix64: spreads every bit

}  // namespace

void SentSum::add(std::uint64_t value) noexcept {
  if (!on_) return;
  changed_ = true;
  sum_ = (sum_ ^ value) * kFactor;
  sum_ ^= sum_ >> 29;
}

void SentSum::add(std::string_view text) noexcept {
  if (!on_) return;
  add(text.size());
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof(word));
    std::memcpy(&word, text.data(), size);
    add(word);
    text.remove_prefix(size);
  }
}

void SentSum::add(std::span<const Sample> samples) noexcept {
  add(std::string_view(reinterpret_cast<const char*>(samples.data()), samples.size_bytes()));
}

class CallPorts::CallClock final : public Clock {
 public:
  explicit CallClock(CallLoop& loop) : loop_(loop) {}
  [[nodiscard]] Timepoint now() const override { return loop_.now(); }
  [[nodiscard]] WallTime wall() const override { return loop_.wall(); }
  Task<Result<>> sleep_until(Timepoint deadline) override { return loop_.sleep_until(deadline); }

 private:
  CallLoop& loop_;
};

class CallPorts::CallRandom final : public Random {
 public:
  explicit CallRandom(CallPorts& ports) : ports_(ports) {}
  void fill(std::span<std::byte> bytes) override {
    if (ports_.live()) ports_.outer_.random->fill(bytes);
    ports_.draw(bytes);
  }

 private:
  CallPorts& ports_;
};

// Whether the sound of the call is kept is not ours to know: it is one byte that was drawn.
class CallPorts::CallSound final : public CallRecorder {
 public:
  explicit CallSound(CallPorts& ports) : ports_(ports) {}
  std::unique_ptr<CallRecording> open(const Conversation& conversation, Timepoint began) override {
    CallRecorder* const outer = ports_.outer_.recorder;
    auto recording = outer != nullptr ? outer->open(conversation, began) : nullptr;
    std::byte kept{recording ? std::uint8_t{1} : std::uint8_t{0}};
    ports_.draw({&kept, 1});
    if (!recording && kept != std::byte{0}) return std::make_unique<Unheard>();
    return recording;
  }

 private:
  class Unheard final : public CallRecording {
    void caller(Timepoint, std::span<const Sample>) noexcept override {}
    void agent(Timepoint, std::span<const Sample>) noexcept override {}
    void pause(Timepoint) override {}
    void resume(Timepoint) override {}
    void finish() noexcept override {}
  };

  CallPorts& ports_;
};

class CallPorts::CallJournal final : public ConversationJournal {
 public:
  explicit CallJournal(CallPorts& ports) : ports_(ports) {}
  void record(JournalEntry entry) override {
    SentSum& sent = ports_.sent_;
    sent.add(entry.what.index());
    if (const auto* message = std::get_if<Message>(&entry.what)) {
      sent.add(message->said);
      sent.add(message->heard);
      sent.add(static_cast<std::uint64_t>(message->started.count()));
      sent.add(static_cast<std::uint64_t>(message->ended.count()));
    } else if (const auto* event = std::get_if<ConversationEvent>(&entry.what)) {
      sent.add(event->kind);
      sent.add(event->payload);
      sent.add(static_cast<std::uint64_t>(event->at.count()));
    } else if (const auto* ended = std::get_if<JournalEntry::Ended>(&entry.what)) {
      sent.add(static_cast<std::uint64_t>(ended->reason));
    }
    if (ports_.on_entry) ports_.on_entry(entry);
    // Counted up to here, and before the end, behind which nothing comes.
    ports_.write_usage(entry);
    if (ports_.outer_.journal != nullptr) ports_.outer_.journal->record(std::move(entry));
  }

 private:
  CallPorts& ports_;
};

class CallPorts::CallRecognizer final : public SpeechRecognizer {
 public:
  explicit CallRecognizer(CallPorts& ports) : ports_(ports) {}

  std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override {
    SpeechRecognizer* const outer = ports_.outer_.recognizer;
    if (outer) ports_.meter_.hears_by(outer->provider(options));
    return std::make_unique<Stream>(ports_, outer ? outer->open(std::move(options)) : nullptr);
  }

 private:
  class Stream final : public RecognitionStream {
   public:
    Stream(CallPorts& ports, std::unique_ptr<RecognitionStream> outer)
        : ports_(ports), outer_(std::move(outer)) {}
    void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
      ports_.sent_.add(utterance);
      ports_.sent_.add(pre_roll);
      ports_.meter_.recognized(pre_roll.size());
      if (outer_) outer_->begin(utterance, pre_roll);
    }
    void push(std::span<const Sample> samples) override {
      ports_.meter_.recognized(samples.size());
      if (outer_) outer_->push(samples);
    }
    void finish() override {
      ports_.sent_.add("finish");
      if (outer_) outer_->finish();
    }
    void discard() override {
      ports_.sent_.add("discard");
      if (outer_) outer_->discard();
    }
    Task<Result<RecognitionEvent>> next() override {
      return ports_.loop_.outside<RecognitionEvent>(
          [stream = outer_.get()] { return stream->next(); });
    }

   private:
    CallPorts& ports_;
    std::unique_ptr<RecognitionStream> outer_;
  };

  CallPorts& ports_;
};

class CallPorts::CallSynthesizer final : public SpeechSynthesizer {
 public:
  explicit CallSynthesizer(CallPorts& ports) : ports_(ports) {}

  std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override {
    ports_.sent_.add(request.text);
    ports_.sent_.add(request.voice);
    ports_.meter_.synthesized(request.text);
    SpeechSynthesizer* const outer = ports_.outer_.synthesizer;
    if (outer) ports_.meter_.speaks_by(outer->provider(request));
    return std::make_unique<Stream>(ports_.loop_,
                                    outer ? outer->synthesize(std::move(request)) : nullptr);
  }
  Task<Result<>> prepare(std::vector<SynthesisRequest>) override { co_return Result<>{}; }

 private:
  class Stream final : public SynthesisStream {
   public:
    Stream(CallLoop& loop, std::unique_ptr<SynthesisStream> outer)
        : loop_(loop), outer_(std::move(outer)) {}
    Task<Result<std::optional<SynthesizedChunk>>> next() override {
      return loop_.outside<std::optional<SynthesizedChunk>>(
          [stream = outer_.get()] { return stream->next(); });
    }

   private:
    CallLoop& loop_;
    std::unique_ptr<SynthesisStream> outer_;
  };

  CallPorts& ports_;
};

class CallPorts::CallTurnDetector final : public TurnDetector {
 public:
  explicit CallTurnDetector(CallPorts& ports) : ports_(ports) {}
  Task<Result<float>> completion(std::vector<Sample> audio) override {
    ports_.sent_.add(std::span<const Sample>(audio));
    return ports_.loop_.outside<float>(
        [outer = ports_.outer_.turn_detector, heard = std::move(audio)]() mutable {
          return outer->completion(std::move(heard));
        });
  }

 private:
  CallPorts& ports_;
};

class CallPorts::CallLanguageModel final : public LanguageModel {
 public:
  explicit CallLanguageModel(CallPorts& ports) : ports_(ports) {}

  std::unique_ptr<ReplyStream> reply(ReplyRequest request) override {
    for (const ContextTurn& turn : request.history) {
      ports_.sent_.add(turn.text);
      add_outcomes(turn.outcomes);
    }
    add_outcomes(request.outcomes);
    LanguageModel* const outer = ports_.outer_.language_model;
    ports_.meter_.asked(outer ? outer->provider(request.configuration) : ProviderName{});
    return std::make_unique<Stream>(ports_, outer ? outer->reply(std::move(request)) : nullptr);
  }

 private:
  void add_outcomes(const std::vector<ToolOutcome>& outcomes) {
    for (const ToolOutcome& outcome : outcomes)
      ports_.sent_.add(outcome.result);
  }

  class Stream final : public ReplyStream {
   public:
    Stream(CallPorts& ports, std::unique_ptr<ReplyStream> outer)
        : ports_(ports), outer_(std::move(outer)) {}
    Task<Result<std::optional<ReplyChunk>>> next() override {
      auto chunk = co_await ports_.loop_.outside<std::optional<ReplyChunk>>(
          [stream = outer_.get()] { return stream->next(); });
      if (chunk && *chunk && (*chunk)->usage) ports_.meter_.answered(*(*chunk)->usage);
      co_return chunk;
    }

   private:
    CallPorts& ports_;
    std::unique_ptr<ReplyStream> outer_;
  };

  CallPorts& ports_;
};

class CallPorts::CallToolRunner final : public ToolRunner {
 public:
  explicit CallToolRunner(CallPorts& ports) : ports_(ports) {}
  Task<Result<ToolAnswer>> run(ToolRequest request) override {
    ports_.sent_.add(request.call.name);
    ports_.sent_.add(request.call.arguments);
    return ports_.loop_.outside<ToolAnswer>(
        [outer = ports_.outer_.tools, asked = std::move(request)]() mutable {
          return outer->run(std::move(asked));
        });
  }

 private:
  CallPorts& ports_;
};

class CallPorts::CallTransport final : public MediaTransport {
 public:
  explicit CallTransport(CallPorts& ports) : ports_(ports) {}
  void send(const AudioFrame& frame) override {
    ports_.sent_.add(std::span<const Sample>(frame.samples));
    if (ports_.on_frame) ports_.on_frame(frame);
    if (ports_.outer_.transport != nullptr) ports_.outer_.transport->send(frame);
  }
  void clear() override {
    ports_.sent_.add("clear");
    if (ports_.outer_.transport != nullptr) ports_.outer_.transport->clear();
  }
  void notify(const SessionNotice& notice) override {
    ports_.sent_.add(notice.json);
    if (ports_.outer_.transport != nullptr) ports_.outer_.transport->notify(notice);
  }
  void finish(EndReason reason) override {
    ports_.sent_.add(static_cast<std::uint64_t>(reason));
    if (ports_.outer_.transport != nullptr) ports_.outer_.transport->finish(reason);
  }

 private:
  CallPorts& ports_;
};

struct CallPorts::Parts {
  explicit Parts(CallPorts& ports)
      : clock(ports.loop_),
        random(ports),
        journal(ports),
        recognizer(ports),
        synthesizer(ports),
        turn_detector(ports),
        language_model(ports),
        tools(ports),
        transport(ports),
        sound(ports) {}

  CallClock clock;
  CallRandom random;
  CallJournal journal;
  CallRecognizer recognizer;
  CallSynthesizer synthesizer;
  CallTurnDetector turn_detector;
  CallLanguageModel language_model;
  CallToolRunner tools;
  CallTransport transport;
  CallSound sound;
};

CallPorts::CallPorts(CallLoop& loop, const OuterPorts& outer, CallLog* log)
    : loop_(loop),
      outer_(outer),
      log_(log),
      sent_(log != nullptr || !live()),
      meter_({}),
      parts_(std::make_unique<Parts>(*this)) {}

CallPorts::~CallPorts() = default;

SessionServices CallPorts::services(Log& log, EngineMetrics& metrics) {
  return {parts_->clock,
          parts_->random,
          parts_->journal,
          log,
          metrics,
          parts_->recognizer,
          parts_->synthesizer,
          parts_->turn_detector,
          parts_->language_model,
          &parts_->sound,
          &parts_->tools};
}

// At every turn of the agent and at the end: a server that is killed loses what the running turn
// used, and nobody is billed for it.
void CallPorts::write_usage(const JournalEntry& entry) {
  if (!live()) return;
  const bool begins = std::holds_alternative<JournalEntry::Started>(entry.what);
  const auto* message = std::get_if<Message>(&entry.what);
  const bool spoke = message != nullptr && message->speaker == Speaker::agent;
  if (spoke) meter_.heard(message->heard);
  const bool ends = std::holds_alternative<JournalEntry::Ended>(entry.what);
  if (begins || spoke || ends) meter_.conversed_until(loop_.now());
  if (!spoke && !ends) return;
  const auto at = std::chrono::duration_cast<Milliseconds>(loop_.wall() - entry.started_at);
  for (ConversationEvent& used :
       meter_.take(++usage_sequence_, entry.agent, std::max(Milliseconds(0), at))) {
    outer_.journal->record(
        {entry.workspace, entry.conversation, entry.started_at, std::move(used), entry.agent});
  }
}

MediaTransport& CallPorts::transport() { return parts_->transport; }

void CallPorts::give(std::span<const std::byte> drawn) {
  drawn_.insert(drawn_.end(), drawn.begin(), drawn.end());
}

// Live, the bytes go to the log; replayed, they come from it. A replay that draws more than was
// drawn has gone another way already, and its sum says so.
void CallPorts::draw(std::span<std::byte> bytes) {
  if (live()) {
    if (log_ != nullptr) log_->drawn(bytes);
    return;
  }
  for (std::byte& byte : bytes) {
    byte = drawn_.empty() ? std::byte{0} : drawn_.front();
    if (!drawn_.empty()) drawn_.pop_front();
  }
}

}  // namespace antiphon

#include "providers.h"

#include "testing/run.h"

#include <fstream>
#include <optional>
#include <utility>

namespace antiphon::turns {

namespace {

constexpr Duration kPoll = std::chrono::milliseconds(10);
constexpr Duration kHeartbeat = std::chrono::milliseconds(500);
// A label may end a word where its last sound has died away.
constexpr Duration kLabelTolerance = std::chrono::milliseconds(150);

}  // namespace

// Words are the utterance's if they ended after its first sound.
class LabelledStream final : public RecognitionStream {
 public:
  explicit LabelledStream(LabelledRecognizer& owner) : owner_(owner) {}

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
    if (utterance != utterance_) {
      from_ = owner_.clock_.now() - duration_of(pre_roll.size());
      told_.clear();
    }
    utterance_ = utterance;
    open_ = true;
    heartbeat_ = owner_.clock_.now() + kHeartbeat;
    final_due_.reset();
  }
  void push(std::span<const Sample>) override {}
  void finish() override {
    open_ = false;
    // Everything that was said until now is known 200 ms after it at the latest.
    covers_ = owner_.clock_.now() + kLabelTolerance;
    final_due_ = owner_.clock_.now();
    for (const LabelledWord& word : words()) {
      const Timepoint end = owner_.zero_ + word.end;
      if (end <= covers_) final_due_ = std::max(*final_due_, end + kWordDelay);
    }
  }
  void discard() override {
    open_ = false;
    final_due_.reset();
  }

  Task<Result<RecognitionEvent>> next() override {
    while (true) {
      const auto waited = co_await owner_.clock_.sleep_for(kPoll);
      if (!waited) co_return std::unexpected(waited.error());
      const Timepoint now = owner_.clock_.now();
      if (final_due_ && now >= *final_due_) {
        final_due_.reset();
        co_return RecognitionEvent{RecognitionEvent::Kind::final, utterance_, text(covers_), 0, {}};
      }
      if (!open_) continue;
      std::string text_now = text(now - kWordDelay);
      // It says at least twice a second that it is there, as live recognizers do.
      if (text_now == told_ && now < heartbeat_) continue;
      heartbeat_ = now + kHeartbeat;
      told_ = text_now;
      co_return RecognitionEvent{RecognitionEvent::Kind::partial, utterance_, text_now, 0, {}};
    }
  }

 private:
  [[nodiscard]] std::vector<LabelledWord> words() const {
    return owner_.item_ != nullptr ? owner_.item_->words : std::vector<LabelledWord>();
  }
  [[nodiscard]] std::string text(Timepoint until) const {
    std::string said;
    for (const LabelledWord& word : words()) {
      const Timepoint end = owner_.zero_ + word.end;
      if (end <= from_ || end > until) continue;
      if (!said.empty()) said += ' ';
      said += word.text;
    }
    return said;
  }

  LabelledRecognizer& owner_;
  UtteranceId utterance_ = 0;
  Timepoint from_{};
  Timepoint covers_{};
  Timepoint heartbeat_{};
  std::string told_;
  bool open_ = false;
  std::optional<Timepoint> final_due_;
};

void LabelledRecognizer::play(const Item& item, Timepoint zero) {
  item_ = &item;
  zero_ = zero;
}

std::unique_ptr<RecognitionStream> LabelledRecognizer::open(RecognitionOptions) {
  return std::make_unique<LabelledStream>(*this);
}

namespace {

class StubSynthesis final : public SynthesisStream {
 public:
  StubSynthesis(Clock& clock, std::vector<Sample> samples)
      : clock_(clock), due_(clock.now() + kVoiceDelay), samples_(std::move(samples)) {}
  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    const auto waited = co_await clock_.sleep_until(due_);
    if (!waited) co_return std::unexpected(waited.error());
    if (samples_.empty()) co_return std::nullopt;
    co_return SynthesizedChunk{std::exchange(samples_, {}), {}};
  }

 private:
  Clock& clock_;
  Timepoint due_;
  std::vector<Sample> samples_;
};

class StubReply final : public ReplyStream {
 public:
  StubReply(Clock& clock, TurnDirective directive)
      : clock_(clock), due_(clock.now() + kModelDelay), directive_(directive) {}
  Task<Result<std::optional<ReplyChunk>>> next() override {
    const auto waited = co_await clock_.sleep_until(due_);
    if (!waited) co_return std::unexpected(waited.error());
    if (std::exchange(said_, true)) co_return std::nullopt;
    ReplyChunk chunk;
    chunk.text = "All right.";
    co_return chunk;
  }

 private:
  Clock& clock_;
  Timepoint due_;
  TurnDirective directive_;
  bool said_ = false;
};

// FNV-1a, 64 bits: a sound's name among some thousand.
std::uint64_t digest_of(std::span<const Sample> audio) {
  std::uint64_t digest = 14'695'981'039'346'656'037U;
  for (const Sample sample : audio)
    digest = (digest ^ static_cast<std::uint16_t>(sample)) * 1'099'511'628'211U;
  return digest;
}

std::vector<Sample> tone() {
  std::vector<Sample> samples(3 * kEngineRate.value());
  for (std::size_t at = 0; at < samples.size(); ++at)
    samples[at] = at / 18 % 2 == 0 ? Sample{3'000} : Sample{-3'000};
  return samples;
}

}  // namespace

std::unique_ptr<SynthesisStream> StubVoice::synthesize(SynthesisRequest request) {
  // The greeting comes clause by clause: its sound with the first one.
  const bool greets = agent_text_.starts_with(request.text.substr(0, 12));
  const bool first = greets || request.text.find("All right") != std::string::npos;
  std::vector<Sample> samples = greets ? agent_ : first ? tone() : std::vector<Sample>(320);
  return std::make_unique<StubSynthesis>(clock_, std::move(samples));
}

Task<Result<>> StubVoice::prepare(std::vector<SynthesisRequest>) { co_return Result<>{}; }

std::unique_ptr<ReplyStream> StubModel::reply(ReplyRequest) {
  ++requests;
  return std::make_unique<StubReply>(clock_, directive);
}

void ChargedDetector::read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::uint64_t key = 0;
  float probability = 0;
  while (in >> key >> probability)
    known_.emplace(key, probability);
}

void ChargedDetector::write(const std::filesystem::path& file) const {
  std::ofstream out(file);
  for (const auto& [key, probability] : known_)
    out << key << ' ' << probability << '\n';
}

Task<Result<float>> ChargedDetector::completion(std::vector<Sample> audio) {
  const std::uint64_t key = digest_of(audio);
  auto found = known_.find(key);
  if (found == known_.end()) {
    const auto answer = run(loop_, inner_.completion(std::move(audio)));
    loop_.restart();
    if (!answer) co_return std::unexpected(answer.error());
    found = known_.emplace(key, *answer).first;
  }
  const float probability = found->second;
  const auto waited = co_await clock_->sleep_for(kCost);
  if (!waited) co_return std::unexpected(waited.error());
  co_return probability;
}

}  // namespace antiphon::turns

#include "testing/simulation/scripted_speech.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

namespace antiphon {

namespace {

constexpr Duration kPoll = 10ms;

}  // namespace

class ScriptedRecognition final : public RecognitionStream {
 public:
  explicit ScriptedRecognition(ScriptedRecognizer& owner) : owner_(owner) {}

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
    if (utterance != utterance_) {
      reader_.clear();
      told_.clear();
      heard_ = 0;
    }
    utterance_ = utterance;
    ++owner_.begun;
    open_ = true;
    final_due_.reset();
    partial_due_ = owner_.clock_.now() + owner_.partial_every;
    push(pre_roll);
  }
  void push(std::span<const Sample> samples) override {
    reader_.read(samples);
    heard_ += samples.size();
  }
  void finish() override {
    open_ = false;
    final_due_ = owner_.clock_.now() + owner_.final_delay;
  }
  void discard() override {
    open_ = false;
    final_due_.reset();
    ++owner_.discarded;
  }

  Task<Result<RecognitionEvent>> next() override {
    while (true) {
      const auto waited = co_await owner_.clock_.sleep_for(kPoll);
      if (!waited) co_return std::unexpected(waited.error());
      if (owner_.stalled) continue;
      const Timepoint now = owner_.clock_.now();
      const bool final = final_due_ && now >= *final_due_;
      const bool partial = open_ && now >= partial_due_;
      if (!final && !partial) continue;
      if (owner_.failing) {
        final_due_.reset();
        partial_due_ = now + owner_.partial_every;
        co_return failure(ErrorCode::unavailable, "the scripted recognizer fails");
      }
      if (final) {
        final_due_.reset();
        co_return event(RecognitionEvent::Kind::final);
      }
      partial_due_ = now + owner_.partial_every;
      if (reader_.text(owner_.lexicon_) != told_) co_return event(RecognitionEvent::Kind::partial);
    }
  }

 private:
  RecognitionEvent event(RecognitionEvent::Kind kind) {
    told_ = reader_.text(owner_.lexicon_);
    return {kind, utterance_, told_, told_.size(), std::chrono::milliseconds(heard_ / 16)};
  }

  ScriptedRecognizer& owner_;
  WordReader reader_;
  std::string told_;
  UtteranceId utterance_ = 0;
  std::size_t heard_ = 0;
  bool open_ = false;
  Timepoint partial_due_{};
  std::optional<Timepoint> final_due_;
};

std::unique_ptr<RecognitionStream> ScriptedRecognizer::open(RecognitionOptions options) {
  static_cast<void>(options);
  return std::make_unique<ScriptedRecognition>(*this);
}

class ScriptedSynthesis final : public SynthesisStream {
 public:
  ScriptedSynthesis(ScriptedSynthesizer& owner, SynthesisRequest request)
      : owner_(owner), request_(std::move(request)), due_(owner.clock_.now() + owner.first_delay) {
    fails_ = owner_.clauses_left == 0;
    if (owner_.clauses_left > 0) --owner_.clauses_left;
  }

  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    const auto waited =
        co_await owner_.clock_.sleep_until(owner_.stalled ? Timepoint::max() : due_);
    if (!waited) co_return std::unexpected(waited.error());
    const bool breaks = fails_ || (owner_.fail_half_way && given_ == 1);
    if (breaks) co_return failure(ErrorCode::unavailable, "the scripted synthesizer fails");
    if (given_ == 0) render();
    if (given_ == 2) co_return std::nullopt;
    const std::size_t half = samples_.size() / 2;
    SynthesizedChunk chunk;
    if (given_++ == 0) {
      chunk.samples.assign(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(half));
      if (owner_.word_times) chunk.words = words_;
    } else {
      chunk.samples.assign(samples_.begin() + static_cast<std::ptrdiff_t>(half), samples_.end());
    }
    due_ = owner_.clock_.now() + 20ms;
    if (owner_.spoil) owner_.spoil(chunk);
    co_return chunk;
  }

 private:
  void render() {
    samples_.resize(640);  // voices begin with a breath of silence
    const std::string& text = request_.text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (end > at) {
        const auto starts = std::chrono::milliseconds(samples_.size() / 16);
        const Duration length = owner_.per_letter * static_cast<std::int64_t>(end - at);
        append_tone(samples_, owner_.lexicon_.add(text.substr(at, end - at)),
                    static_cast<std::size_t>(length.count() / 62'500));
        words_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end), starts,
                          std::chrono::milliseconds(samples_.size() / 16)});
        samples_.resize(samples_.size() + 480);
      }
      at = end + 1;
    }
  }

  ScriptedSynthesizer& owner_;
  SynthesisRequest request_;
  Timepoint due_;
  std::vector<Sample> samples_;
  std::vector<WordTime> words_;
  int given_ = 0;
  bool fails_ = false;
};

std::unique_ptr<SynthesisStream> ScriptedSynthesizer::synthesize(SynthesisRequest request) {
  requested.push_back(request.text);
  return std::make_unique<ScriptedSynthesis>(*this, std::move(request));
}

Task<Result<>> ScriptedSynthesizer::prepare(std::vector<SynthesisRequest> prompts) {
  static_cast<void>(prompts);
  co_return Result<>{};
}

Task<Result<float>> ScriptedTurnDetector::completion(std::vector<Sample> audio) {
  asked.push_back(audio.size());
  const auto waited = co_await clock_.sleep_for(delay);
  if (!waited) co_return std::unexpected(waited.error());
  if (failing) co_return failure(ErrorCode::unavailable, "the scripted turn detector fails");
  co_return probability;
}

void ScriptedVoiceActivityDetector::process(std::span<const Input> inputs, std::span<State> states,
                                            std::span<float> probabilities) {
  static_cast<void>(states);
  if (runs_.size() < runs_.capacity()) runs_.push_back(inputs.size());
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const auto voiced = std::ranges::count_if(
        inputs[at].samples, [](Sample sample) { return std::abs(int{sample}) >= Lexicon::kCough; });
    probabilities[at] = voiced * 2 > static_cast<std::ptrdiff_t>(kWindowSamples) ? 0.95F : 0.02F;
  }
}

}  // namespace antiphon

#include "testing/simulation/unruly.h"

#include "testing/simulation/lexicon.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr Duration kLongAfterTheEnd = 2s;
constexpr Duration kHum = 60s;
constexpr std::uint64_t kOddChunkMax = 999;

}  // namespace

class UnrulyRecognition final : public RecognitionStream {
 public:
  UnrulyRecognition(UnrulyRecognizer& owner, std::unique_ptr<RecognitionStream> inner)
      : owner_(owner), inner_(std::move(inner)) {}

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
    inner_->begin(utterance, pre_roll);
  }
  void push(std::span<const Sample> samples) override { inner_->push(samples); }
  void finish() override { inner_->finish(); }
  void discard() override { inner_->discard(); }

  Task<Result<RecognitionEvent>> next() override {
    if (!waiting_.empty() && waiting_.front().due <= owner_.clock_.now()) {
      RecognitionEvent event = std::move(waiting_.front().event);
      waiting_.pop_front();
      co_return event;
    }
    auto event = co_await inner_->next();
    if (!event || !owner_.dice.hits()) co_return event;
    co_return distort(std::move(*event));
  }

 private:
  struct Waiting {
    Timepoint due;
    RecognitionEvent event;
  };

  Result<RecognitionEvent> distort(RecognitionEvent event) {
    const Timepoint now = owner_.clock_.now();
    switch (owner_.fault) {
      case UnrulyRecognizer::Fault::failing:
        return failure(ErrorCode::unavailable, "the unruly recognizer fails");
      case UnrulyRecognizer::Fault::empty:
        event.text.clear();
        event.stable_bytes = 0;
        break;
      case UnrulyRecognizer::Fault::doubled:
        waiting_.push_back({now, event});
        break;
      case UnrulyRecognizer::Fault::out_of_order:
        if (before_) waiting_.push_back({now, *before_});
        break;
      case UnrulyRecognizer::Fault::after_end:
        waiting_.push_back({now + kLongAfterTheEnd, event});
        break;
      case UnrulyRecognizer::Fault::none:
        break;
    }
    before_ = event;
    return event;
  }

  UnrulyRecognizer& owner_;
  std::unique_ptr<RecognitionStream> inner_;
  std::deque<Waiting> waiting_;
  std::optional<RecognitionEvent> before_;
};

std::unique_ptr<RecognitionStream> UnrulyRecognizer::open(RecognitionOptions options) {
  return std::make_unique<UnrulyRecognition>(*this, inner_.open(std::move(options)));
}

class UnrulySynthesis final : public SynthesisStream {
 public:
  using Fault = UnrulySynthesizer::Fault;

  UnrulySynthesis(UnrulySynthesizer& owner, std::unique_ptr<SynthesisStream> inner)
      : owner_(owner), inner_(std::move(inner)) {
    if (owner_.fault != Fault::none && owner_.dice.hits()) fault_ = owner_.fault;
    if (fault_ != Fault::none && fault_ != Fault::odd_chunks && fault_ != Fault::half_frames) {
      ++owner_.distorted;
    }
  }

  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    ++calls_;
    if (fault_ == Fault::stalled) {
      const auto waited = co_await owner_.clock_.sleep_until(Timepoint::max());
      co_return std::unexpected(waited.error());
    }
    if (fault_ == Fault::half_frames && calls_ % 2 == 0) co_return SynthesizedChunk{};
    if (fault_ == Fault::nothing) co_return std::nullopt;
    const bool fails = fault_ == Fault::failing || (fault_ == Fault::breaks_off && calls_ == 2);
    if (fails) co_return failure(ErrorCode::unavailable, "the unruly synthesizer fails");
    if (!left_.empty()) co_return piece();
    auto chunk = co_await inner_->next();
    if (!chunk) co_return chunk;
    if (!*chunk) co_return end();
    if (fault_ == Fault::silence) std::ranges::fill((*chunk)->samples, Sample{0});
    if (fault_ != Fault::odd_chunks) co_return chunk;
    left_ = std::move((*chunk)->samples);
    SynthesizedChunk first = piece();
    first.words = std::move((*chunk)->words);
    co_return first;
  }

 private:
  std::optional<SynthesizedChunk> end() {
    if (fault_ != Fault::very_long || std::exchange(hummed_, true)) return std::nullopt;
    SynthesizedChunk hum;
    append_tone(hum.samples, Lexicon::kCough, samples_of(kHum));
    return hum;
  }

  SynthesizedChunk piece() {
    const std::size_t wanted = 1 + owner_.dice.below(kOddChunkMax);
    const auto end = left_.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, left_.size()));
    SynthesizedChunk chunk;
    chunk.samples.assign(left_.begin(), end);
    left_.erase(left_.begin(), end);
    return chunk;
  }

  static std::size_t samples_of(Duration duration) {
    return static_cast<std::size_t>(duration.count() / 62'500);
  }

  UnrulySynthesizer& owner_;
  std::unique_ptr<SynthesisStream> inner_;
  Fault fault_ = Fault::none;
  int calls_ = 0;
  bool hummed_ = false;
  std::vector<Sample> left_;
};

std::unique_ptr<SynthesisStream> UnrulySynthesizer::synthesize(SynthesisRequest request) {
  return std::make_unique<UnrulySynthesis>(*this, inner_.synthesize(std::move(request)));
}

Task<Result<>> UnrulySynthesizer::prepare(std::vector<SynthesisRequest> prompts) {
  return inner_.prepare(std::move(prompts));
}

}  // namespace antiphon

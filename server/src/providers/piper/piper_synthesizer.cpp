#include "providers/piper/piper_synthesizer.h"

#include "providers/piper/clauses.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_voice.h"
#include "providers/piper/prompt_cache.h"
#include "providers/wake_signal.h"

#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kTextMax = 1'000;
constexpr std::string_view kVoice = "joe";
constexpr Duration kPatience = 5s;
// What a reader leaves between sentences, beyond the 120 ms that each piece ends with.
constexpr std::size_t kSentencePause = 1'920;

Result<> check(const SynthesisRequest& request) {
  if (request.text.size() > kTextMax) {
    return failure(ErrorCode::invalid_argument, "a clause to speak holds at most 1,000 bytes",
                   {{"/text", "is longer than 1,000 bytes"}});
  }
  if (request.voice != kVoice) {
    return failure(ErrorCode::invalid_argument, "the embedded engine has the voice \"joe\" only",
                   {{"/voice", "is not an embedded voice"}});
  }
  if (!(request.speed >= 0.5 && request.speed <= 2.0)) {
    return failure(ErrorCode::invalid_argument, "the speed lies between 0.5 and 2",
                   {{"/speed", "is not between 0.5 and 2"}});
  }
  return Result<>{};
}

bool ends_a_sentence(std::string_view piece) {
  const std::size_t last = piece.find_last_not_of(" \n\"')");
  return last != std::string_view::npos && std::string_view(".!?").contains(piece[last]);
}

class PiperStream final : public SynthesisStream {
 public:
  PiperStream(std::shared_ptr<const PiperSynthesizer::Speak> speak, InferencePool& pool,
              Result<> checked, SynthesisRequest request)
      : speak_(std::move(speak)), pool_(pool), refusal_(std::move(checked)), speed_(request.speed) {
    if (!refusal_) return;
    for (const std::string_view piece : split_clauses(request.text))
      pieces_.emplace_back(piece);
    start_next();
  }

  explicit PiperStream(std::vector<Sample> ready, InferencePool& pool)
      : pool_(pool), ready_(std::move(ready)) {}

  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    if (!refusal_) co_return std::unexpected(refusal_.error());
    if (!ready_.empty()) co_return SynthesizedChunk{std::exchange(ready_, {}), {}};
    while (pending_) {
      while (!pending_->is_done()) {
        if (!co_await signal_.wait()) {
          co_return failure(ErrorCode::cancelled, "the one who listened has gone");
        }
      }
      auto samples = pending_->take();
      pending_.reset();
      if (!samples) co_return std::unexpected(std::move(samples.error()));
      const bool has_pause = next_ < pieces_.size() && ends_a_sentence(pieces_[next_ - 1]);
      // The next piece is made while this one is played.
      start_next();
      if (samples->empty()) continue;
      if (has_pause) samples->resize(samples->size() + kSentencePause);
      co_return SynthesizedChunk{std::move(*samples), {}};
    }
    co_return std::nullopt;
  }

 private:
  void start_next() {
    if (next_ == pieces_.size()) return;
    auto work = [speak = speak_, piece = pieces_[next_++], speed = speed_] {
      return (*speak)(piece, speed);
    };
    const InferenceJob job{.kind = InferenceKind::tts, .deadline = pool_.clock().now() + kPatience};
    pending_.emplace(pool_.submit<std::vector<Sample>>(
        job, std::move(work), [signal = signal_]() mutable { signal.raise_from_anywhere(); }));
  }

  std::shared_ptr<const PiperSynthesizer::Speak> speak_;  // also of the job in flight
  InferencePool& pool_;
  Result<> refusal_;
  double speed_ = 1.0;
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  std::vector<Sample> ready_;
  WakeSignal signal_;
  std::optional<Pending<std::vector<Sample>>> pending_;
};

}  // namespace

PiperSynthesizer::PiperSynthesizer(std::shared_ptr<const PiperVoice> voice, InferencePool& pool,
                                   ByteCount cache)
    : PiperSynthesizer(
          [voice = std::move(voice)](const std::string& piece, double speed) {
            return voice->speak(phonemes_of(piece), speed);
          },
          pool, cache) {}

PiperSynthesizer::PiperSynthesizer(Speak speak, InferencePool& pool, ByteCount cache)
    : speak_(std::make_shared<const Speak>(std::move(speak))),
      pool_(pool),
      cache_(std::make_unique<PromptCache>(cache)) {}

PiperSynthesizer::~PiperSynthesizer() = default;

std::unique_ptr<SynthesisStream> PiperSynthesizer::synthesize(SynthesisRequest request) {
  if (auto cached = cache_->find(request)) {
    return std::make_unique<PiperStream>(std::move(*cached), pool_);
  }
  auto checked = check(request);
  return std::make_unique<PiperStream>(speak_, pool_, std::move(checked), std::move(request));
}

Task<Result<>> PiperSynthesizer::prepare(std::vector<SynthesisRequest> prompts) {
  for (const SynthesisRequest& prompt : prompts) {
    if (cache_->find(prompt)) continue;
    const auto stream = synthesize(prompt);
    std::vector<Sample> samples;
    while (true) {
      auto chunk = co_await stream->next();
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (!*chunk) break;
      samples.insert(samples.end(), (*chunk)->samples.begin(), (*chunk)->samples.end());
    }
    if (!samples.empty()) cache_->keep(prompt, std::move(samples));
  }
  co_return Result<>{};
}

}  // namespace antiphon

#include "providers/piper/piper_synthesizer.h"

#include "providers/piper/clauses.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_voice.h"
#include "providers/piper/prompt_cache.h"
#include "providers/wake_signal.h"

#include <optional>
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

std::chrono::milliseconds time_at(std::size_t sample) {
  return std::chrono::milliseconds(sample * 1'000 / kEngineRate.value());
}

// A word sounds from the space before it on: the voice gives its first phoneme's onset to the
// space. Against a forced alignment words would begin 48 ms late without it.
std::size_t onset_of(const Phonemes& phonemes, const PhonemeWord& word) {
  return word.begin > 0 && phonemes.all[word.begin - 1] == U' ' ? word.begin - 1 : word.begin;
}

Result<SynthesizedChunk> speak_piece(const PiperVoice& voice, const std::string& piece,
                                     double speed) {
  const Phonemes phonemes = phonemes_and_words_of(piece);
  auto speech = voice.speak_timed(phonemes.all, speed);
  if (!speech) return std::unexpected(std::move(speech.error()));
  SynthesizedChunk sound{std::move(speech->samples), {}};
  if (speech->phonemes.empty()) return sound;
  for (const PhonemeWord& word : phonemes.words) {
    if (word.end <= word.begin) continue;
    sound.words.push_back({static_cast<std::uint32_t>(word.text_begin),
                           static_cast<std::uint32_t>(word.text_end),
                           time_at(speech->phonemes[onset_of(phonemes, word)].begin),
                           time_at(speech->phonemes[word.end - 1].end)});
  }
  return sound;
}

struct Piece {
  std::string text;
  std::size_t offset = 0;  // in the request's text
};

class PiperStream final : public SynthesisStream {
 public:
  PiperStream(std::shared_ptr<const PiperSynthesizer::Speak> speak, InferencePool& pool,
              Result<> checked, SynthesisRequest request, InferenceKind kind)
      : speak_(std::move(speak)),
        pool_(pool),
        kind_(kind),
        refusal_(std::move(checked)),
        speed_(request.speed) {
    if (!refusal_) return;
    for (const std::string_view piece : split_clauses(request.text))
      pieces_.push_back(
          {std::string(piece), static_cast<std::size_t>(piece.data() - request.text.data())});
    start_next();
  }

  explicit PiperStream(SynthesizedChunk ready, InferencePool& pool)
      : pool_(pool), ready_(std::move(ready)) {}

  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    if (!refusal_) co_return std::unexpected(refusal_.error());
    if (ready_) co_return std::exchange(ready_, std::nullopt);
    while (pending_) {
      while (!pending_->is_done()) {
        if (!co_await signal_.wait()) {
          co_return failure(ErrorCode::cancelled, "the one who listened has gone");
        }
      }
      auto sound = pending_->take();
      pending_.reset();
      if (!sound) co_return std::unexpected(std::move(sound.error()));
      const Piece& piece = pieces_[next_ - 1];
      const bool has_pause = next_ < pieces_.size() && ends_a_sentence(piece.text);
      // The next piece is made while this one is played.
      start_next();
      if (sound->samples.empty()) continue;
      if (has_pause) sound->samples.resize(sound->samples.size() + kSentencePause);
      place_words(sound->words, piece.offset);
      given_ += sound->samples.size();
      co_return std::move(*sound);
    }
    co_return std::nullopt;
  }

 private:
  // From the piece's first byte and sample to the request's.
  void place_words(std::vector<WordTime>& words, std::size_t offset) const {
    for (WordTime& word : words) {
      word.begin += static_cast<std::uint32_t>(offset);
      word.end += static_cast<std::uint32_t>(offset);
      word.starts += time_at(given_);
      word.ends += time_at(given_);
    }
  }

  void start_next() {
    if (next_ == pieces_.size()) return;
    auto work = [speak = speak_, piece = pieces_[next_++].text, speed = speed_] {
      return (*speak)(piece, speed);
    };
    const InferenceJob job{.kind = kind_, .deadline = pool_.clock().now() + kPatience};
    pending_.emplace(pool_.submit<SynthesizedChunk>(
        job, std::move(work), [signal = signal_]() mutable { signal.raise_from_anywhere(); }));
  }

  std::shared_ptr<const PiperSynthesizer::Speak> speak_;  // also of the job in flight
  InferencePool& pool_;
  InferenceKind kind_ = InferenceKind::tts;
  Result<> refusal_;
  double speed_ = 1.0;
  std::vector<Piece> pieces_;
  std::size_t next_ = 0;
  std::optional<SynthesizedChunk> ready_;
  std::size_t given_ = 0;  // samples
  WakeSignal signal_;
  std::optional<Pending<SynthesizedChunk>> pending_;
};

}  // namespace

PiperSynthesizer::PiperSynthesizer(std::shared_ptr<const PiperVoice> voice, InferencePool& pool,
                                   ByteCount cache)
    : PiperSynthesizer(
          [voice = std::move(voice)](const std::string& piece, double speed) {
            return speak_piece(*voice, piece, speed);
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
  return std::make_unique<PiperStream>(speak_, pool_, std::move(checked), std::move(request),
                                       InferenceKind::tts);
}

Task<Result<>> PiperSynthesizer::prepare(std::vector<SynthesisRequest> prompts) {
  for (const SynthesisRequest& prompt : prompts) {
    if (cache_->find(prompt)) continue;
    // Behind everything that a caller waits for.
    const auto stream =
        std::make_unique<PiperStream>(speak_, pool_, check(prompt), prompt, InferenceKind::prepare);
    SynthesizedChunk sound;
    while (true) {
      auto chunk = co_await stream->next();
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (!*chunk) break;
      const SynthesizedChunk& part = **chunk;
      sound.samples.insert(sound.samples.end(), part.samples.begin(), part.samples.end());
      sound.words.insert(sound.words.end(), part.words.begin(), part.words.end());
    }
    if (!sound.samples.empty()) cache_->keep(prompt, std::move(sound));
  }
  co_return Result<>{};
}

}  // namespace antiphon

#include "providers/fallback/fallback_synthesizer.h"

#include "core/check.h"
#include "core/task_group.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

using Chunk = Result<std::optional<SynthesizedChunk>>;

constexpr Duration kSilenceMin = 250ms;
constexpr Duration kSilenceMax = 800ms;
constexpr auto kLetterLength = 65ms;

class FallbackSpeech final : public SynthesisStream {
 public:
  FallbackSpeech(std::vector<VoiceLeg> legs, SynthesisRequest request, Clock& clock)
      : legs_(std::move(legs)), request_(std::move(request)), clock_(clock) {
    CHECK(!legs_.empty(), "a chain names at least one voice");
    ask_next();
  }

  Task<Chunk> next() override {
    while (stream_) {
      Chunk chunk = co_await with_deadline(clock_, clock_.now() + patience_, stream_->next());
      if (chunk) co_return note(std::move(chunk));
      if (chunk.error().code == ErrorCode::cancelled) co_return chunk;
      fail(chunk.error());
      if (from_ >= request_.text.size()) co_return std::nullopt;
    }
    co_return std::unexpected(last_error_);
  }

 private:
  void ask_next() {
    while (next_leg_ < legs_.size()) {
      leg_ = next_leg_++;
      if (auto attempt = legs_[leg_].health->begin()) return ask(std::move(attempt));
    }
    if (asked_any_) return;
    // Every circuit is open, and nobody else is there.
    leg_ = 0;
    ask(legs_.front().health->begin_anyway());
  }

  void ask(ProviderHealth::Attempt attempt) {
    asked_any_ = true;
    const VoiceLeg& leg = legs_[leg_];
    attempt_ = std::move(attempt);
    patience_ = std::clamp(2 * leg.health->latency_p95(kSilenceMax), kSilenceMin, kSilenceMax);
    offset_ = given();
    words_.clear();
    SynthesisRequest rest = request_;
    rest.text.erase(0, from_);
    if (!leg.voice.empty()) rest.voice = leg.voice;
    stream_ = leg.synthesizer->synthesize(std::move(rest));
  }

  Chunk note(Chunk chunk) {
    attempt_.succeeded();
    patience_ = kSilenceMax;
    if (!*chunk) return chunk;
    SynthesizedChunk& sound = **chunk;
    words_.insert(words_.end(), sound.words.begin(), sound.words.end());
    for (WordTime& word : sound.words) {
      word.begin += static_cast<std::uint32_t>(from_);
      word.end += static_cast<std::uint32_t>(from_);
      word.starts += offset_;
      word.ends += offset_;
    }
    samples_ += sound.samples.size();
    return chunk;
  }

  void fail(const Error& error) {
    last_error_ = error;
    if (attempt_) {
      attempt_.failed(error);
    } else {
      legs_[leg_].health->broke_off(error);
    }
    stream_.reset();
    const auto of_this_voice = given() - offset_;
    if (of_this_voice > 0ms) {
      from_ += resume_at(std::string_view(request_.text).substr(from_), words_, of_this_voice);
    }
    if (from_ < request_.text.size()) ask_next();
  }

  [[nodiscard]] std::chrono::milliseconds given() const {
    return std::chrono::milliseconds(samples_ / 16);
  }

  std::vector<VoiceLeg> legs_;
  SynthesisRequest request_;
  Clock& clock_;
  std::size_t next_leg_ = 0;
  std::size_t leg_ = 0;  // that stream_ belongs to
  bool asked_any_ = false;
  ProviderHealth::Attempt attempt_;
  std::unique_ptr<SynthesisStream> stream_;
  Duration patience_ = kSilenceMax;
  std::size_t from_ = 0;                 // where the text of stream_ begins in the clause
  std::chrono::milliseconds offset_{0};  // and where its sound begins
  std::size_t samples_ = 0;              // given, of all voices
  std::vector<WordTime> words_;          // of stream_, as it gave them
  Error last_error_{ErrorCode::unavailable, "no voice could be asked"};
};

}  // namespace

std::unique_ptr<SynthesisStream> speak_from(std::vector<VoiceLeg> legs, SynthesisRequest request,
                                            Clock& clock) {
  return std::make_unique<FallbackSpeech>(std::move(legs), std::move(request), clock);
}

std::size_t resume_at(std::string_view clause, const std::vector<WordTime>& words,
                      std::chrono::milliseconds given) {
  std::size_t from = 0;
  if (!words.empty()) {
    for (const WordTime& word : words) {
      if (word.ends <= given) from = std::max<std::size_t>(from, word.end);
    }
  } else {
    from = static_cast<std::size_t>(given / kLetterLength);
    // A word of which a part was given is said again whole.
    const std::size_t space = clause.substr(0, std::min(from, clause.size())).rfind(' ');
    if (from < clause.size()) from = space == std::string_view::npos ? 0 : space;
  }
  const std::size_t word = clause.find_first_not_of(" ,;:.!?-", std::min(from, clause.size()));
  return word == std::string_view::npos ? clause.size() : word;
}

}  // namespace antiphon

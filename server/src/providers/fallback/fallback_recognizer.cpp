#include "providers/fallback/fallback_recognizer.h"

#include "core/check.h"
#include "core/task_group.h"
#include "dsp/level.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

using Event = Result<RecognitionEvent>;

constexpr Duration kLook = 100ms;  // how often a recognizer's progress is looked at
constexpr std::size_t kSecond = 16'000;
constexpr std::size_t kSpeechUnanswered = kSecond * 8 / 10;
constexpr Duration kFinalMax = 1500ms;
constexpr std::size_t kKept = 10 * kSecond;
constexpr Decibels kLoud{-50.0F};  // a caller's voice; line noise stays below

std::chrono::milliseconds length_of(std::size_t samples) {
  return std::chrono::milliseconds(samples / 16);
}

// The sound of one utterance, the newest 10 s of it.
class KeptSound {
 public:
  void clear() {
    samples_.clear();
    samples_.reserve(kKept);
    from_ = 0;
  }
  void add(std::span<const Sample> samples) {
    samples = samples.last(std::min(samples.size(), kKept));
    if (samples_.size() + samples.size() > kKept) {
      const std::size_t gone = std::min(samples_.size(), std::max(kSecond, samples.size()));
      samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(gone));
      from_ += gone;
    }
    samples_.insert(samples_.end(), samples.begin(), samples.end());
  }
  // Where in the utterance the kept sound begins.
  [[nodiscard]] std::size_t from() const { return from_; }
  [[nodiscard]] std::span<const Sample> since(std::size_t position) const {
    return std::span(samples_).subspan(
        std::min(samples_.size(), position - std::min(position, from_)));
  }

 private:
  std::vector<Sample> samples_;
  std::size_t from_ = 0;
};

class FallbackRecognition final : public RecognitionStream {
 public:
  FallbackRecognition(std::vector<HearingLeg> legs, RecognitionOptions options, Clock& clock)
      : legs_(std::move(legs)),
        options_(std::move(options)),
        clock_(clock),
        streams_(legs_.size()) {
    CHECK(!legs_.empty(), "a chain names at least one recognizer");
    static_cast<void>(stream());
  }

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
    const bool goes_on = has_utterance_ && utterance == utterance_;
    if (!goes_on) begin_afresh(utterance);
    open_ = true;
    finished_ = false;
    stream().begin(utterance, pre_roll);
    keep(pre_roll);
  }

  void push(std::span<const Sample> samples) override {
    stream().push(samples);
    keep(samples);
  }

  void finish() override {
    stream().finish();
    open_ = false;
    finished_ = has_utterance_;
    final_due_ = clock_.now() + kFinalMax;
  }

  void discard() override {
    stream().discard();
    open_ = finished_ = has_utterance_ = false;
    attempt_ = {};
  }

  Task<Event> next() override {
    while (true) {
      const Timepoint look = clock_.now() + kLook;
      Event event = co_await with_deadline(clock_, look, stream().next());
      if (event) co_return note(std::move(*event));
      const bool looked = event.error().code == ErrorCode::timeout && clock_.now() >= look;
      if (looked && !is_stalled()) continue;
      if (event.error().code == ErrorCode::cancelled) co_return event;
      if (looked) event = failure(ErrorCode::timeout, "the recognizer made no progress");
      if (!replace(event.error())) co_return event;
    }
  }

 private:
  RecognitionStream& stream() {
    auto& stream = streams_[leg_];
    if (!stream) stream = legs_[leg_].recognizer->open(options_);
    return *stream;
  }

  void begin_afresh(UtteranceId utterance) {
    // A recognizer that owes a final result is not left before it came.
    if (!finished_) choose_first();
    has_utterance_ = true;
    utterance_ = utterance;
    sound_.clear();
    promised_.clear();
    stable_.clear();
    stable_to_ = from_ = 0;
    loud_ = 0;
    given_up_ = false;
  }

  void choose_first() {
    for (leg_ = 0; leg_ < legs_.size(); ++leg_) {
      if ((attempt_ = legs_[leg_].health->begin())) return;
    }
    // Every circuit is open, and nobody else is there.
    leg_ = 0;
    attempt_ = legs_.front().health->begin_anyway();
  }

  void keep(std::span<const Sample> samples) {
    if (!has_utterance_ || legs_.size() == 1) return;
    sound_.add(samples);
    if (level_of(samples) > kLoud) loud_ += samples.size();
  }

  [[nodiscard]] bool is_stalled() const {
    if (given_up_) return false;
    if (finished_) return clock_.now() >= final_due_;
    return open_ && legs_[leg_].partials && loud_ >= kSpeechUnanswered;
  }

  RecognitionEvent note(RecognitionEvent event) {
    attempt_.succeeded();
    if (!has_utterance_ || event.utterance != utterance_) return event;
    loud_ = 0;
    event.audio_end += length_of(from_);
    if (!promised_.empty()) {
      const std::string before = promised_ + (event.text.empty() ? "" : " ");
      event.text.insert(0, before);
      event.stable_bytes += before.size();
    }
    stable_ = event.text.substr(0, event.stable_bytes);
    stable_to_ = static_cast<std::size_t>(event.audio_end.count()) * 16;
    if (event.kind == RecognitionEvent::Kind::final) finished_ = false;
    return event;
  }

  // Gives the utterance to the next recognizer. False when there is none.
  bool replace(const Error& error) {
    if (attempt_) {
      attempt_.failed(error);
    } else {
      legs_[leg_].health->broke_off(error);
    }
    if (!has_utterance_ || given_up_) return false;
    const std::size_t left = leg_;
    while (++leg_ < legs_.size()) {
      if (!(attempt_ = legs_[leg_].health->begin())) continue;
      streams_[left]->discard();
      repeat();
      return true;
    }
    leg_ = left;
    given_up_ = true;
    finished_ = false;
    return false;
  }

  void repeat() {
    from_ = sound_.from();
    promised_.clear();
    if (from_ > 0) {
      promised_ = stable_;
      from_ = std::max(from_, stable_to_);
    }
    loud_ = 0;
    stream().begin(utterance_, sound_.since(from_));
    if (!finished_) return;
    stream().finish();
    final_due_ = clock_.now() + kFinalMax;
  }

  std::vector<HearingLeg> legs_;
  RecognitionOptions options_;
  Clock& clock_;
  std::vector<std::unique_ptr<RecognitionStream>> streams_;  // one a leg, opened when needed
  std::size_t leg_ = 0;
  ProviderHealth::Attempt attempt_;

  bool has_utterance_ = false;
  UtteranceId utterance_ = 0;
  bool open_ = false;      // sound is coming
  bool finished_ = false;  // a final result is owed
  bool given_up_ = false;  // no recognizer is left for this utterance
  Timepoint final_due_{};
  KeptSound sound_;
  std::size_t loud_ = 0;       // samples louder than silence since the last event
  std::size_t from_ = 0;       // where in the utterance this recognizer's sound begins
  std::string promised_;       // the text before that
  std::string stable_;         // of the last event
  std::size_t stable_to_ = 0;  // how far that event heard
};

}  // namespace

std::unique_ptr<RecognitionStream> hear_with(std::vector<HearingLeg> legs,
                                             RecognitionOptions options, Clock& clock) {
  return std::make_unique<FallbackRecognition>(std::move(legs), std::move(options), clock);
}

}  // namespace antiphon

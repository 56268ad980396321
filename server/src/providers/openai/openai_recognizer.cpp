#include "providers/openai/openai_recognizer.h"

#include "dsp/level.h"
#include "providers/openai/transcription.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>

namespace antiphon {

namespace {

using openai::Heard;

constexpr std::size_t kFrame = kFrameSamples.value();
// 100 ms that are louder than a quiet room: less is a click, and a model would make words of it.
constexpr Decibels kLoud{-50.0F};
constexpr std::size_t kLoudFramesMin = 5;
constexpr std::size_t kRetryAfter = 16'000;
constexpr std::size_t kFinalsMax = 4;

bool is_noise(std::span<const Sample> audio) {
  std::size_t loud = 0;
  for (; audio.size() >= kFrame; audio = audio.subspan(kFrame)) {
    if (level_of(audio.first(kFrame)) > kLoud && ++loud >= kLoudFramesMin) return false;
  }
  return true;
}

std::string joined(std::string whole, std::string_view text) {
  if (!whole.empty() && !text.empty()) whole += ' ';
  return whole.append(text);
}

class OpenAiHearing final : public RecognitionStream {
 public:
  OpenAiHearing(const openai::Parts& parts, RecognitionOptions options)
      : parts_(parts),
        options_(std::move(options)),
        audio_(std::make_unique_for_overwrite<Sample[]>(OpenAiRecognizer::kCapacity)) {}

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override {
    if (has_utterance_ && utterance == utterance_) {
      drop_finals_of(utterance);
    } else {
      forget_utterance();
    }
    has_utterance_ = true;
    is_open_ = true;
    utterance_ = utterance;
    push(pre_roll);
  }

  void push(std::span<const Sample> samples) override {
    if (!is_open_) return;
    const std::size_t room = OpenAiRecognizer::kCapacity - size_;
    const std::size_t count = std::min(room, samples.size());
    std::ranges::copy(samples.first(count), audio_.get() + size_);
    size_ += count;
    if (is_cut_due()) signal_.raise();
  }

  void finish() override {
    if (!is_open_) return;
    is_open_ = false;
    // What was cut and has no text yet goes with the rest.
    cut_.reset();
    Departing departing{.utterance = utterance_, .before = committed_, .end = end(), .asked = {}};
    if (!is_noise(kept())) departing.asked = ask(size_);
    finals_.push_back(std::move(departing));
    // A reader that stopped reading keeps only the newest.
    if (finals_.size() > kFinalsMax) finals_.pop_front();
    signal_.raise();
  }

  void discard() override {
    if (has_utterance_) drop_finals_of(utterance_);
    forget_utterance();
  }

  Task<Result<RecognitionEvent>> next() override {
    while (true) {
      collect_cut();
      if (auto event = collect_final()) co_return std::move(*event);
      if (is_cut_due()) {
        cut_size_ = size_;
        cut_ = ask(size_);
      }
      if (!co_await signal_.wait()) {
        co_return failure(ErrorCode::cancelled, "the one who listened has gone");
      }
    }
  }

 private:
  using Asked = std::unique_ptr<FarStream<Heard>>;
  // A final on its way.
  struct Departing {
    UtteranceId utterance = 0;
    std::string before;  // text of what was cut off earlier
    std::chrono::milliseconds end{0};
    Asked asked;  // null: nobody spoke
  };

  [[nodiscard]] std::span<const Sample> kept() const { return {audio_.get(), size_}; }
  [[nodiscard]] std::chrono::milliseconds end() const {
    return std::chrono::milliseconds((forgotten_ + size_) * 1'000 / kEngineRate.value());
  }
  [[nodiscard]] bool is_cut_due() const {
    return is_open_ && !cut_ && size_ >= cut_from_ + OpenAiRecognizer::kPiece;
  }

  Asked ask(std::size_t size) {
    openai::Upload upload{options_, {audio_.get(), audio_.get() + size}};
    return std::make_unique<FarStream<Heard>>(
        parts_.loop,
        [&parts = parts_, upload = std::move(upload)](FarOutlet<Heard> out) {
          return openai::transcribe(parts, upload, std::move(out));
        },
        signal_);
  }

  void collect_cut() {
    while (cut_) {
      auto heard = cut_->try_next();
      if (!heard) return;
      if (*heard && !(*heard)->is_final) continue;
      cut_.reset();
      if (!*heard) {
        cut_from_ = size_ - std::min(size_, OpenAiRecognizer::kPiece) + kRetryAfter;
        return;
      }
      committed_ = joined(std::move(committed_), (*heard)->text);
      forgotten_ += cut_size_;
      size_ -= cut_size_;
      std::memmove(audio_.get(), audio_.get() + cut_size_, size_ * sizeof(Sample));
      cut_from_ = 0;
    }
  }

  std::optional<Result<RecognitionEvent>> collect_final() {
    if (finals_.empty()) return std::nullopt;
    Departing& first = finals_.front();
    Result<Heard> heard = Heard{"", true};
    if (first.asked) {
      auto given = first.asked->try_next();
      if (!given) return std::nullopt;
      heard = std::move(*given);
    }
    RecognitionEvent event{.kind = RecognitionEvent::Kind::partial,
                           .utterance = first.utterance,
                           .audio_end = first.end};
    if (heard) event.text = joined(first.before, heard->text);
    if (heard && !heard->is_final) return Result<RecognitionEvent>(std::move(event));
    finals_.pop_front();
    if (!heard) return Result<RecognitionEvent>(std::unexpected(std::move(heard.error())));
    event.kind = RecognitionEvent::Kind::final;
    event.stable_bytes = event.text.size();
    return Result<RecognitionEvent>(std::move(event));
  }

  void drop_finals_of(UtteranceId utterance) {
    std::erase_if(finals_, [utterance](const Departing& departing) {
      return departing.utterance == utterance;
    });
  }

  void forget_utterance() {
    is_open_ = false;
    has_utterance_ = false;
    cut_.reset();
    committed_.clear();
    size_ = 0;
    forgotten_ = 0;
    cut_from_ = 0;
  }

  const openai::Parts& parts_;
  RecognitionOptions options_;
  WakeSignal signal_;
  bool is_open_ = false;
  bool has_utterance_ = false;
  UtteranceId utterance_ = 0;
  std::unique_ptr<Sample[]> audio_;  // its memory is touched as it is used
  std::size_t size_ = 0;
  std::size_t forgotten_ = 0;  // samples before audio_, which are text
  std::string committed_;      // that text
  Asked cut_;
  std::size_t cut_size_ = 0;
  std::size_t cut_from_ = 0;
  std::deque<Departing> finals_;
};

}  // namespace

std::unique_ptr<RecognitionStream> OpenAiRecognizer::open(RecognitionOptions options) {
  return std::make_unique<OpenAiHearing>(parts_, std::move(options));
}

}  // namespace antiphon

#include "providers/moonshine/moonshine_stream.h"

#include <algorithm>
#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr AudioPosition samples(std::chrono::milliseconds duration) {
  return static_cast<AudioPosition>(duration.count()) * kEngineRate.value() / 1000;
}

constexpr AudioPosition kCadence = samples(320ms);
constexpr AudioPosition kCadenceLong = samples(640ms);
constexpr AudioPosition kLongAfter = samples(4s);
constexpr AudioPosition kPause = samples(120ms);
// A decode that ends right at the last sound often gets the last word wrong.
constexpr AudioPosition kTail = samples(80ms);
constexpr AudioPosition kCommitAfter = samples(10s);
constexpr AudioPosition kCutAfter = samples(15s);
constexpr AudioPosition kCutEarliest = samples(8s);
constexpr Duration kPartialPatience = 1s;
constexpr Duration kFinalPatience = 3s;
// 100 ms of loud blocks: less is a click, and the model would make a word of it.
constexpr std::size_t kLoudBlocksMin = 5;
constexpr std::size_t kFinalsMax = 4;

std::chrono::milliseconds duration_of(AudioPosition position) {
  return std::chrono::milliseconds(position * 1000 / kEngineRate.value());
}

std::string joined(std::string whole, std::string_view text) {
  if (!whole.empty() && !text.empty()) whole += ' ';
  return whole.append(text);
}

}  // namespace

MoonshineStream::MoonshineStream(std::shared_ptr<const MoonshineRecognizer::Transcribe> transcribe,
                                 InferencePool& pool, Counters counters, std::uint64_t id)
    : transcribe_(std::move(transcribe)), pool_(pool), counters_(counters), id_(id) {}

void MoonshineStream::begin(UtteranceId utterance, std::span<const Sample> pre_roll) {
  const bool continues = has_utterance_ && utterance == utterance_;
  if (continues) {
    drop_finals_of(utterance);
  } else {
    forget_utterance();
  }
  has_utterance_ = true;
  is_open_ = true;
  utterance_ = utterance;
  audio_.push(pre_roll);
  if (!continues) asked_to_ = audio_.end();
}

void MoonshineStream::push(std::span<const Sample> samples_in) {
  if (!is_open_) return;
  audio_.push(samples_in);
  if (is_partial_due()) signal_.raise();
}

void MoonshineStream::finish() {
  if (!is_open_) return;
  is_open_ = false;
  const bool is_noise = audio_.loud_blocks() < kLoudBlocksMin;
  if (is_noise || (heard_to_ > 0 && covers_speech(heard_to_))) {
    if (!is_noise) counters_.finals_reused.add();
    depart(std::nullopt);
  } else if (partial_ && !partial_->text.is_waiting() && covers_speech(partial_->to)) {
    // It runs and hears everything: nothing can be sooner.
    counters_.finals_reused.add();
    depart(std::exchange(partial_, std::nullopt));
  } else {
    asked_to_ = audio_.end();
    depart(submit(InferenceKind::stt_final, kFinalPatience, audio_.kept_from(), audio_.end()));
  }
  partial_.reset();
  cut_.reset();
  signal_.raise();
}

void MoonshineStream::depart(std::optional<Decode> decode) {
  const bool is_noise = audio_.loud_blocks() < kLoudBlocksMin;
  Departing departing{.event = {.kind = RecognitionEvent::Kind::final,
                                .utterance = utterance_,
                                .audio_end = duration_of(audio_.end())},
                      .committed = committed_,
                      .decode = std::move(decode)};
  if (!departing.decode && !is_noise) {
    departing.event.text = joined(committed_, hypothesis_);
    departing.event.stable_bytes = departing.event.text.size();
  }
  finals_.push_back(std::move(departing));
  // A reader that stopped reading keeps only the newest.
  if (finals_.size() > kFinalsMax) finals_.pop_front();
}

void MoonshineStream::drop_finals_of(UtteranceId utterance) {
  std::erase_if(finals_, [utterance](const Departing& departing) {
    return departing.event.utterance == utterance;
  });
}

void MoonshineStream::discard() {
  if (has_utterance_) drop_finals_of(utterance_);
  forget_utterance();
}

void MoonshineStream::forget_utterance() {
  is_open_ = false;
  has_utterance_ = false;
  partial_.reset();
  cut_.reset();
  audio_.clear();
  committed_.clear();
  agreement_ = LocalAgreement(kOpenWords);
  hypothesis_.clear();
  heard_to_ = 0;
  asked_to_ = 0;
}

bool MoonshineStream::covers_speech(AudioPosition position) const {
  return position >= std::min(audio_.speech_end() + kTail, audio_.end());
}

bool MoonshineStream::is_pausing() const { return audio_.end() >= audio_.speech_end() + kPause; }

bool MoonshineStream::is_partial_due() const {
  if (!is_open_ || audio_.loud_blocks() < kLoudBlocksMin || covers_speech(asked_to_)) return false;
  const bool is_long = audio_.end() - audio_.kept_from() > kLongAfter;
  return is_pausing() || audio_.end() >= asked_to_ + (is_long ? kCadenceLong : kCadence);
}

MoonshineStream::Decode MoonshineStream::submit(InferenceKind kind, Duration patience,
                                                AudioPosition from, AudioPosition to) {
  auto work = [transcribe = transcribe_, audio = audio_.copy(from, to)] {
    return Result<std::string>((*transcribe)(audio));
  };
  const InferenceJob job{.kind = kind, .deadline = pool_.clock().now() + patience, .stream = id_};
  return {pool_.submit<std::string>(job, std::move(work),
                                    [signal = signal_]() mutable { signal.raise_from_anywhere(); }),
          from, to};
}

RecognitionEvent MoonshineStream::event(RecognitionEvent::Kind kind, AudioPosition end) const {
  RecognitionEvent made{.kind = kind,
                        .utterance = utterance_,
                        .text = joined(committed_, agreement_.text()),
                        .audio_end = duration_of(end)};
  made.stable_bytes = made.text.size() - (agreement_.text().size() - agreement_.stable_bytes());
  return made;
}

void MoonshineStream::start_due_work() {
  if (audio_.lost() > lost_counted_) {
    counters_.samples_lost.add(audio_.lost() - lost_counted_);
    lost_counted_ = audio_.lost();
  }
  if (!is_open_ || cut_) return;
  if (audio_.end() - audio_.kept_from() > kCutAfter) {
    const auto waiting = audio_.copy(audio_.kept_from(), audio_.end());
    const std::size_t length = quietest_point(waiting, kCutEarliest, kCutAfter);
    partial_.reset();
    cut_ = submit(InferenceKind::stt_final, kFinalPatience, audio_.kept_from(),
                  audio_.kept_from() + length);
    return;
  }
  if (!is_partial_due()) return;
  // One that runs is let run: dropping each for a newer one would starve a busy machine of
  // partials.
  if (partial_ && !partial_->text.is_waiting()) return;
  partial_ = submit(InferenceKind::stt_partial, kPartialPatience, audio_.kept_from(), audio_.end());
  asked_to_ = audio_.end();
}

std::optional<RecognitionEvent> MoonshineStream::collect_partial() {
  if (!partial_ || !partial_->text.is_done()) return std::nullopt;
  const AudioPosition to = partial_->to;
  auto text = partial_->text.take();
  partial_.reset();
  if (!text) {
    counters_.partials_failed.add();
    return std::nullopt;
  }
  hypothesis_ = std::move(*text);
  heard_to_ = to;
  const std::string before = agreement_.text();
  const std::size_t stable_before = agreement_.stable_bytes();
  agreement_.update(hypothesis_);
  const bool is_news = agreement_.text() != before || agreement_.stable_bytes() != stable_before;
  const RecognitionEvent news = event(RecognitionEvent::Kind::partial, to);
  const bool is_long = to - audio_.kept_from() > kCommitAfter;
  if (is_long && is_pausing() && covers_speech(to)) {
    commit(agreement_.split_off(hypothesis_), to);
  }
  return is_news ? std::optional(news) : std::nullopt;
}

void MoonshineStream::commit(const std::string& text, AudioPosition up_to) {
  committed_ = joined(std::move(committed_), text);
  hypothesis_.clear();
  audio_.forget_before(up_to);
  heard_to_ = covers_speech(up_to) ? up_to : 0;
  asked_to_ = std::max(asked_to_, up_to);
}

void MoonshineStream::collect_cut() {
  if (!cut_ || !cut_->text.is_done()) return;
  const AudioPosition to = cut_->to;
  auto text = cut_->text.take();
  cut_.reset();
  // The audio stays where it is: the next round cuts again.
  if (!text) {
    counters_.partials_failed.add();
    return;
  }
  commit(agreement_.split_off(*text), to);
  asked_to_ = to;
}

std::optional<Result<RecognitionEvent>> MoonshineStream::collect_final() {
  if (finals_.empty()) return std::nullopt;
  Departing& first = finals_.front();
  if (first.decode && !first.decode->text.is_done()) return std::nullopt;
  Departing departing = std::move(first);
  finals_.pop_front();
  if (!departing.decode) return Result<RecognitionEvent>(std::move(departing.event));
  auto text = departing.decode->text.take();
  if (!text) return Result<RecognitionEvent>(std::unexpected(std::move(text.error())));
  if (has_utterance_ && !is_open_ && departing.event.utterance == utterance_) {
    // The caller may go on: then this is what has been heard so far.
    hypothesis_ = *text;
    heard_to_ = departing.decode->to;
  }
  // It knows the whole sentence: on real speech, holding it to what partials promised cost 2.8 %
  // WER.
  departing.event.text = joined(std::move(departing.committed), *text);
  departing.event.stable_bytes = departing.event.text.size();
  return Result<RecognitionEvent>(std::move(departing.event));
}

std::optional<Result<RecognitionEvent>> MoonshineStream::collect() {
  collect_cut();
  auto partial = collect_partial();
  if (auto final = collect_final()) return final;
  if (partial) return Result<RecognitionEvent>(std::move(*partial));
  return std::nullopt;
}

Task<Result<RecognitionEvent>> MoonshineStream::next() {
  while (true) {
    if (auto ready = collect()) co_return std::move(*ready);
    start_due_work();
    if (!co_await signal_.wait()) {
      co_return failure(ErrorCode::cancelled, "the one who listened has gone");
    }
  }
}

}  // namespace antiphon

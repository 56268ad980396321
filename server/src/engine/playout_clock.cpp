#include "engine/playout_clock.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kWordTimesMax = 1'000;
constexpr double kPaceFirst = 2;    // one short greeting is no measure of a voice
constexpr double kPaceMemory = 30;  // seconds of expected speech; a voice changes between replies
// A word time may lie a little behind the first sound of its word; nobody misses 20 ms before it.
constexpr SampleIndex kOnset = 320;

}  // namespace

void PlayoutClock::begin() { clauses_.clear(); }

void PlayoutClock::begin_clause(std::string written, std::vector<SpokenPiece> pieces,
                                SampleIndex first) {
  Clause clause;
  clause.words = words_of_clause(written, pieces);
  clause.written = std::move(written);
  clause.first = first;
  clauses_.push_back(std::move(clause));
}

void PlayoutClock::add_samples(std::span<const Sample> samples) {
  if (!clauses_.empty()) clauses_.back().sound.add(samples);
}

void PlayoutClock::add_words(std::span<const WordTime> words) {
  if (clauses_.empty()) return;
  std::vector<WordTime>& times = clauses_.back().times;
  const std::size_t room = kWordTimesMax - std::min(kWordTimesMax, times.size());
  words = words.first(std::min(words.size(), room));
  times.insert(times.end(), words.begin(), words.end());
}

void PlayoutClock::end_clause() {
  if (clauses_.empty()) return;
  clauses_.back().complete = true;
  learn_pace(clauses_.back());
}

// How fast this voice speaks between its pauses.
void PlayoutClock::learn_pace(const Clause& clause) {
  const SoundSpan voice = clause.sound.voice();
  const double weight = weight_of(clause.words);
  if (voice.end == 0 || weight <= 0) return;
  auto spoken = static_cast<double>(voice.end - voice.begin);
  for (const SoundSpan& pause : clause.sound.pauses())
    spoken -= static_cast<double>(pause.end - pause.begin);
  if (paced_weight_ > kPaceMemory) {
    paced_weight_ /= 2;
    paced_samples_ /= 2;
  }
  paced_weight_ += weight;
  paced_samples_ += spoken;
}

std::vector<SoundSpan> PlayoutClock::timeline(const Clause& clause) const {
  const double pace =
      (paced_samples_ + kPaceFirst * kSamplesPerWeight) / (paced_weight_ + kPaceFirst);
  return place_words(
      clause.words, clause.times,
      {.sound = clause.sound, .complete = clause.complete, .samples_per_weight = pace});
}

std::size_t PlayoutClock::heard_bytes(const Clause& clause, SampleIndex sent) const {
  const SampleIndex voice_end = clause.sound.voice().end;
  if (voice_end == 0 || clause.first >= sent) return 0;
  if (clause.complete && clause.first + voice_end <= sent) return clause.written.size();
  std::size_t bytes = 0;
  const std::vector<SoundSpan> spans = timeline(clause);
  for (std::size_t at = 0; at < spans.size(); ++at) {
    if (clause.first + spans[at].begin + (spans[at].end - spans[at].begin) / 2 >= sent) break;
    bytes = clause.words[at].written_end;
  }
  return bytes;
}

std::string PlayoutClock::heard(SampleIndex sent) const {
  std::string text;
  for (const Clause& clause : clauses_) {
    const std::size_t bytes = heard_bytes(clause, sent);
    if (bytes == 0) continue;
    if (!text.empty()) text += ' ';
    text.append(clause.written, 0, bytes);
  }
  return text;
}

SampleIndex PlayoutClock::word_border(SampleIndex sent) const {
  const auto after =
      std::ranges::find_if(clauses_, [sent](const Clause& clause) { return clause.first > sent; });
  if (after == clauses_.begin()) return 0;
  const Clause& clause = *(after - 1);
  SampleIndex border = 0;  // from here on in the clause
  SampleIndex before = 0;  // the end of the word before
  for (const SoundSpan& span : timeline(clause)) {
    if (clause.first + span.begin > sent) break;
    border = std::max(before, span.begin - std::min(span.begin, kOnset));
    before = span.end;
  }
  return std::min(clause.first + border, sent);
}

}  // namespace antiphon

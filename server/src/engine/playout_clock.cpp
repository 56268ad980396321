#include "engine/playout_clock.h"

#include "core/utf8.h"

#include <algorithm>
#include <cstdlib>

namespace antiphon {

namespace {

constexpr Sample kAudible = 200;  // -44 dB of full scale
// English at a normal pace says about 15 characters a second.
constexpr SampleIndex kSamplesPerCharacter = kEngineRate.value() / 15;

bool is_space(char letter) { return letter == ' ' || letter == '\n' || letter == '\t'; }

}  // namespace

void PlayoutClock::begin() { clauses_.clear(); }

void PlayoutClock::begin_clause(std::string text, SampleIndex first) {
  Clause clause;
  clause.text = std::move(text);
  clause.first = first;
  clauses_.push_back(std::move(clause));
}

void PlayoutClock::add_samples(std::span<const Sample> samples) {
  if (clauses_.empty()) return;
  Clause& clause = clauses_.back();
  const auto audible = [](Sample sample) { return std::abs(int{sample}) >= kAudible; };
  const auto first = std::ranges::find_if(samples, audible);
  if (first != samples.end()) {
    if (clause.voice_end == 0) {
      clause.voice_begin = clause.count + static_cast<SampleIndex>(first - samples.begin());
    }
    auto last = samples.end();
    while (!audible(*(last - 1)))
      --last;
    clause.voice_end = clause.count + static_cast<SampleIndex>(last - samples.begin());
  }
  clause.count += samples.size();
}

void PlayoutClock::add_words(std::span<const WordTime> words) {
  if (clauses_.empty()) return;
  Clause& clause = clauses_.back();
  for (const WordTime& word : words) {
    // A synthesizer's claim is data from outside: what does not fit the text is left out.
    if (word.begin < word.end && word.end <= clause.text.size()) clause.words.push_back(word);
  }
}

void PlayoutClock::end_clause() {
  if (!clauses_.empty()) clauses_.back().complete = true;
}

SampleIndex PlayoutClock::estimated_length(const Clause& clause) const {
  const SampleIndex so_far = clause.voice_end - clause.voice_begin;
  if (clause.complete) return so_far;
  SampleIndex samples = 0;
  std::size_t characters = 0;
  for (const Clause& other : clauses_) {
    if (!other.complete || other.voice_end == 0) continue;
    samples += other.voice_end - other.voice_begin;
    characters += utf8_length(other.text);
  }
  const SampleIndex each = characters > 0 ? samples / characters : kSamplesPerCharacter;
  return std::max(so_far, each * utf8_length(clause.text));
}

std::vector<PlayoutClock::Word> PlayoutClock::timeline(const Clause& clause) const {
  std::vector<Word> words;
  if (!clause.words.empty()) {
    for (const WordTime& word : clause.words) {
      words.push_back(
          {word.end, clause.first + samples_in(word.starts), clause.first + samples_in(word.ends)});
    }
    return words;
  }
  if (clause.voice_end == 0) return words;
  const SampleIndex length = estimated_length(clause);
  const std::size_t characters = std::max<std::size_t>(utf8_length(clause.text), 1);
  const std::string_view text = clause.text;
  std::size_t before = 0;  // characters up to the word
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end]))
      ++end;
    const std::size_t after = before + utf8_length(text.substr(at, end - at));
    if (end > at) {
      const SampleIndex origin = clause.first + clause.voice_begin;
      words.push_back(
          {end, origin + length * before / characters, origin + length * after / characters});
    }
    before = after + 1;
    at = end + 1;
  }
  return words;
}

std::string PlayoutClock::heard(SampleIndex sent) const {
  std::string text;
  for (const Clause& clause : clauses_) {
    if (clause.first >= sent) break;
    std::size_t bytes = 0;
    if (clause.complete && clause.voice_end > 0 && clause.first + clause.voice_end <= sent) {
      bytes = clause.text.size();
    } else {
      for (const Word& word : timeline(clause)) {
        if (word.begin + (word.end - word.begin) / 2 < sent) bytes = word.end_byte;
      }
    }
    if (bytes == 0) continue;
    if (!text.empty()) text += ' ';
    text.append(clause.text, 0, bytes);
  }
  return text;
}

SampleIndex PlayoutClock::word_border(SampleIndex sent) const {
  SampleIndex border = 0;
  for (const Clause& clause : clauses_) {
    if (clause.first > sent) break;
    border = std::max(border, clause.first);
    for (const Word& word : timeline(clause)) {
      if (word.begin <= sent) border = std::max(border, word.begin);
    }
  }
  return std::min(border, sent);
}

}  // namespace antiphon

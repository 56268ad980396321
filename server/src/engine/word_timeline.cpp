#include "engine/word_timeline.h"

#include "core/utf8.h"
#include "engine/pause_matching.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace antiphon {

namespace {

// Seconds, fitted to forced alignments and timing dumps of four synthesizers (bench/heard.bench).
constexpr double kWordSeconds = 0.015;
constexpr double kVowelSeconds = 0.081;
constexpr double kConsonantSeconds = 0.049;
constexpr double kFinalSeconds = 0.14;  // the last word before a breath is drawn out
constexpr double kDigitSeconds = 0.3;
constexpr double kByteSeconds = 0.065;  // of a spoken text that we do not see
constexpr std::chrono::milliseconds kLatest{600'000};

bool is_space(char letter) { return letter == ' ' || letter == '\n' || letter == '\t'; }

bool is_vowel(char letter) { return std::string_view("aeiouy").contains(letter); }

// Syllables are what takes time; a final e is silent, but alone in its word.
double weight_of_word(std::string_view word) {
  const std::string letters = to_lower_ascii(word);
  double weight = kWordSeconds;
  int vowels = 0;
  bool was_vowel = false;
  for (std::size_t at = 0; at < letters.size(); ++at) {
    const char letter = letters[at];
    const bool vowel = is_vowel(letter);
    const bool silent = letter == 'e' && vowels > 0 && !was_vowel &&
                        (at + 1 == letters.size() || letters[at + 1] < 'a');
    if (letter >= '0' && letter <= '9') weight += kDigitSeconds;
    if (vowel && !was_vowel && !silent) {
      weight += kVowelSeconds;
      ++vowels;
    }
    if (!vowel && ((letter >= 'a' && letter <= 'z') || static_cast<unsigned char>(letter) >= 0xC0))
      weight += kConsonantSeconds;
    was_vowel = vowel;
  }
  return weight;
}

bool breathes(std::string_view word) {
  const std::size_t last = word.find_last_not_of("\"')]}");
  return last != std::string_view::npos && std::string_view(".,;:!?").contains(word[last]);
}

// [begin, end) of the next word at or after `at`; empty at the end of the text.
std::pair<std::size_t, std::size_t> next_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at]))
    ++at;
  std::size_t end = at;
  while (end < text.size() && !is_space(text[end]))
    ++end;
  return {at, end};
}

class Words {
 public:
  explicit Words(std::string_view written) : written_(written) {}

  // The words of one piece. Where both sides are equally long they are the same words; elsewhere
  // its written words sound together, as one.
  void add(const SpokenPiece& piece) {
    const std::size_t end = std::min<std::size_t>(piece.written_end, written_.size());
    const std::size_t begin = std::max<std::size_t>(piece.written_begin, done_);
    if (begin >= end || piece.spoken_begin >= piece.spoken_end) return;
    const std::uint32_t spoken_length = piece.spoken_end - piece.spoken_begin;
    if (spoken_length != piece.written_end - piece.written_begin) {
      words_.push_back({end, piece.spoken_begin, piece.spoken_end, kByteSeconds * spoken_length,
                        breathes(written_.substr(begin, end - begin))});
    } else {
      add_plain(begin, end, piece.spoken_begin - piece.written_begin);
    }
    done_ = end;
  }

  void add_plain(std::size_t begin, std::size_t end, std::uint32_t shift) {
    const std::string_view text = written_.substr(0, end);
    for (auto [at, stop] = next_word(text, begin); at < stop;
         std::tie(at, stop) = next_word(text, stop)) {
      const std::string_view word = text.substr(at, stop - at);
      const bool is_last = breathes(word);
      words_.push_back({stop, static_cast<std::uint32_t>(at) + shift,
                        static_cast<std::uint32_t>(stop) + shift,
                        weight_of_word(word) + (is_last ? kFinalSeconds : 0.0), is_last});
    }
  }

  std::vector<ClauseWord> take() { return std::move(words_); }

 private:
  std::string_view written_;
  std::vector<ClauseWord> words_;
  std::size_t done_ = 0;
};

using Placed = std::vector<std::optional<SoundSpan>>;

// Shares [from, to) by weight among words [first, last).
void share(std::span<const ClauseWord> words, std::size_t first, std::size_t last, SoundSpan span,
           Placed& placed) {
  const double all = weight_of(words.subspan(first, last - first));
  const auto length = static_cast<double>(span.end - span.begin);
  double before = 0;
  for (std::size_t at = first; at < last; ++at) {
    const double after = before + words[at].weight;
    placed[at] = SoundSpan{span.begin + static_cast<SampleIndex>(length * before / all),
                           span.begin + static_cast<SampleIndex>(length * after / all)};
    before = after;
  }
}

// Adds what one claim says of the words it overlaps; a claim about several is shared among them.
void place_claim(std::span<const ClauseWord> words, const WordTime& time, const Timeline& timeline,
                 Placed& placed) {
  const bool sensible = time.begin < time.end && time.starts.count() >= 0 &&
                        time.starts <= time.ends && time.ends <= kLatest &&
                        time.end <= words.back().spoken_end;
  if (!sensible) return;
  SoundSpan span{samples_in(time.starts), samples_in(time.ends)};
  if (timeline.complete) {
    if (span.begin >= timeline.sound.count()) return;
    span.end = std::min(span.end, timeline.sound.count());
  }
  const auto first = std::ranges::find_if(
      words, [&](const ClauseWord& word) { return word.spoken_end > time.begin; });
  const auto last = std::find_if(
      first, words.end(), [&](const ClauseWord& word) { return word.spoken_begin >= time.end; });
  if (first == last) return;
  Placed claimed(words.size());
  const auto begin = static_cast<std::size_t>(first - words.begin());
  const auto end = static_cast<std::size_t>(last - words.begin());
  share(words, begin, end, span, claimed);
  for (std::size_t at = begin; at < end; ++at) {
    if (placed[at]) {
      claimed[at]->begin = std::min(claimed[at]->begin, placed[at]->begin);
      claimed[at]->end = std::max(claimed[at]->end, placed[at]->end);
    }
    placed[at] = claimed[at];
  }
}

SampleIndex middle(const SoundSpan& span) { return span.begin + (span.end - span.begin) / 2; }

// Of claims that contradict each other the most that agree are kept: the longest run of words whose
// times grow with the text.
void forget_contradictions(Placed& placed) {
  std::vector<std::size_t> length(placed.size(), 0);
  std::vector<std::size_t> before(placed.size(), placed.size());
  std::size_t best = placed.size();
  for (std::size_t at = 0; at < placed.size(); ++at) {
    if (!placed[at]) continue;
    length[at] = 1;
    for (std::size_t from = 0; from < at; ++from) {
      if (!placed[from] || placed[from]->begin > placed[at]->begin ||
          middle(*placed[from]) > middle(*placed[at]) || length[from] + 1 <= length[at])
        continue;
      length[at] = length[from] + 1;
      before[at] = from;
    }
    if (best == placed.size() || length[at] > length[best]) best = at;
  }
  std::size_t keep = best;
  for (std::size_t at = placed.size(); at-- > 0;) {
    if (at == keep) {
      keep = before[at];
    } else {
      placed[at].reset();
    }
  }
}

// Where nothing is claimed: between the neighbours that are, or on at the pace of speech.
void fill_gaps(std::span<const ClauseWord> words, const Timeline& timeline, Placed& placed) {
  const SoundSpan voice = timeline.sound.voice();
  SampleIndex from = voice.begin;
  for (std::size_t at = 0; at < words.size();) {
    if (placed[at]) {
      from = std::max(from, placed[at++]->end);
      continue;
    }
    std::size_t last = at;
    while (last < words.size() && !placed[last])
      ++last;
    const double weight = weight_of(words.subspan(at, last - at));
    SampleIndex to = from + static_cast<SampleIndex>(weight * timeline.samples_per_weight);
    if (last < words.size()) {
      to = placed[last]->begin;
    } else if (timeline.complete) {
      to = voice.end;
    }
    share(words, at, last, {from, std::max(from, to)}, placed);
    at = last;
  }
}

bool believable(std::span<const ClauseWord> words, const Placed& placed) {
  std::size_t known = 0;
  std::size_t last = 0;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!placed[at]) continue;
    ++known;
    last = at + 1;
  }
  return known > 0 && known * 2 >= last;
}

// Words from `first` on follow each other at the expected pace, and wait while the voice pauses.
void follow_on(std::span<const ClauseWord> words, std::size_t first, SampleIndex from,
               std::span<const SoundSpan> pauses, double samples_per_weight, Placed& placed) {
  auto pause = std::ranges::lower_bound(pauses, from, {}, &SoundSpan::begin);
  auto at = static_cast<double>(from);
  for (std::size_t word = first; word < words.size(); ++word) {
    const auto begin = static_cast<SampleIndex>(at);
    at += words[word].weight * samples_per_weight;
    placed[word] = SoundSpan{begin, static_cast<SampleIndex>(at)};
    for (; pause != pauses.end() && static_cast<double>(pause->begin) <= at; ++pause)
      at += static_cast<double>(pause->end - pause->begin);
  }
}

Placed estimate(std::span<const ClauseWord> words, const Timeline& timeline) {
  Placed placed(words.size());
  const SoundSpan voice = timeline.sound.voice();
  const std::vector<SoundSpan> pauses = timeline.sound.pauses();
  const auto matches = timeline.complete
                           ? match_pauses(words, voice, pauses)
                           : match_first_pauses(words, voice, pauses,
                                                timeline.samples_per_weight / kSamplesPerWeight);
  std::size_t first = 0;
  SampleIndex from = voice.begin;
  for (const PauseBehind& match : matches) {
    share(words, first, match.word, {from, match.pause.begin}, placed);
    first = match.word;
    from = match.pause.end;
  }
  if (timeline.complete) {
    share(words, first, words.size(), {from, voice.end}, placed);
  } else {
    follow_on(words, first, from, pauses, timeline.samples_per_weight, placed);
  }
  return placed;
}

}  // namespace

double weight_of(std::span<const ClauseWord> words) {
  return std::accumulate(words.begin(), words.end(), 0.0,
                         [](double sum, const ClauseWord& word) { return sum + word.weight; });
}

std::vector<ClauseWord> words_of_clause(std::string_view written,
                                        std::span<const SpokenPiece> pieces) {
  Words words(written);
  if (pieces.empty()) words.add_plain(0, written.size(), 0);
  for (const SpokenPiece& piece : pieces)
    words.add(piece);
  return words.take();
}

std::vector<SoundSpan> place_words(std::span<const ClauseWord> words,
                                   std::span<const WordTime> times, const Timeline& timeline) {
  if (words.empty() || timeline.sound.voice().end == 0) return {};
  Placed placed(words.size());
  for (const WordTime& time : times)
    place_claim(words, time, timeline, placed);
  forget_contradictions(placed);
  if (believable(words, placed)) {
    fill_gaps(words, timeline, placed);
  } else {
    placed = estimate(words, timeline);
  }
  std::vector<SoundSpan> spans;
  SoundSpan last;
  for (const auto& span : placed) {
    last.begin = std::max(last.begin, span->begin);
    last.end = std::max({last.begin, last.end, span->end});
    spans.push_back(last);
  }
  return spans;
}

}  // namespace antiphon

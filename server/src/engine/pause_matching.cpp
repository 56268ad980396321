#include "engine/pause_matching.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kPausesMax = 12;
constexpr double kSecond = kEngineRate.value();
// All costs are squared deviations in units of their spread, as in a maximum-likelihood alignment.
constexpr double kSpreadFixed = 0.06 * 0.06;
constexpr double kSpreadPerSecond = 0.03;
constexpr double kShortest = 0.06;  // seconds; below it is no pause at all
constexpr double kIgnoredPerSecond = 40;
constexpr double kPauseWithoutPunctuation = 3;
constexpr double kPunctuationWithoutPause = 2;

double seconds(SampleIndex samples) { return static_cast<double>(samples) / kSecond; }

// A way to here: the last pause that was matched, the words before it.
struct Step {
  double cost = std::numeric_limits<double>::infinity();
  std::size_t pause = 0;
  std::size_t word = 0;
};

class Search {
 public:
  // The voice's beginning is matched too, with the border before all words.
  Search(std::span<const ClauseWord> words, SoundSpan voice, const std::vector<SoundSpan>& pauses)
      : words_(words), weights_(words.size() + 1, 0.0), marks_(words.size() + 1, 0) {
    spans_.push_back({voice.begin, voice.begin});
    spans_.insert(spans_.end(), pauses.begin(), pauses.end());
    for (std::size_t at = 0; at < words.size(); ++at) {
      weights_[at + 1] = weights_[at] + words[at].weight;
      marks_[at + 1] = marks_[at] + (words[at].pause_after ? 1 : 0);
    }
  }

  // The voice's end lies behind all words.
  std::vector<PauseBehind> match_all(SampleIndex voice_end) {
    double silence = 0;
    for (const SoundSpan& span : spans_) {
      const double length = seconds(span.end - span.begin);
      silence += length > 2 * kShortest ? length : 0;
    }
    const double voiced = seconds(voice_end - spans_.front().begin) - silence;
    pace_ = std::max(0.01, voiced) / weights_.back();
    spans_.push_back({voice_end, voice_end});
    find_ways();
    find_way_to(spans_.size() - 1, words_.size());
    return way_to(best_.back().back());
  }

  // What follows the last matched pause is open.
  std::vector<PauseBehind> match_first(double pace) {
    pace_ = pace;
    spans_.push_back(spans_.back());  // stands for the end, and is never matched
    find_ways();
    Step best{.cost = ignored_.at(spans_.size() - 1) - ignored_.at(1), .pause = 0, .word = 0};
    for (std::size_t pause = 1; pause + 1 < spans_.size(); ++pause) {
      const double ignored = ignored_[spans_.size() - 1] - ignored_[pause + 1];
      for (std::size_t word = 1; word < words_.size(); ++word) {
        const double cost = best_[pause][word].cost + ignored;
        if (cost < best.cost) best = {cost, pause, word};
      }
    }
    return way_to(best);
  }

 private:
  void find_ways() {
    ignored_.assign(spans_.size() + 1, 0.0);
    for (std::size_t at = 0; at < spans_.size(); ++at) {
      const double length = seconds(spans_[at].end - spans_[at].begin);
      ignored_[at + 1] = ignored_[at] + kIgnoredPerSecond * std::max(0.0, length - kShortest);
    }
    best_.assign(spans_.size(), std::vector<Step>(words_.size() + 1));
    best_[0][0].cost = 0;
    for (std::size_t pause = 1; pause + 1 < spans_.size(); ++pause) {
      for (std::size_t word = 1; word < words_.size(); ++word)
        find_way_to(pause, word);
    }
  }

  // Of the steps before `last`, in order; the voice's beginning is none.
  [[nodiscard]] std::vector<PauseBehind> way_to(const Step& last) const {
    std::vector<PauseBehind> matched;
    for (const Step* step = &last; step->pause != 0; step = &best_[step->pause][step->word])
      matched.push_back({step->word, spans_[step->pause]});
    std::ranges::reverse(matched);
    return matched;
  }

  void find_way_to(std::size_t pause, std::size_t word) {
    Step& here = best_[pause][word];
    const bool is_end = pause + 1 == spans_.size();
    const double mark = is_end || words_[word - 1].pause_after ? 0.0 : kPauseWithoutPunctuation;
    for (std::size_t from = 0; from < pause; ++from) {
      const double ignored = ignored_[pause] - ignored_[from + 1];
      for (std::size_t before = 0; before < word; ++before) {
        const Step& way = best_[from][before];
        if (way.cost + ignored + mark >= here.cost) continue;
        const double cost = way.cost + ignored + mark + phrase_cost(from, before, pause, word);
        if (cost < here.cost) here = {cost, from, before};
      }
    }
  }

  // Of words [before, word) sounding between two matched pauses.
  [[nodiscard]] double phrase_cost(std::size_t from, std::size_t before, std::size_t pause,
                                   std::size_t word) const {
    const double takes = seconds(spans_[pause].begin - spans_[from].end);
    const double expected = (weights_[word] - weights_[before]) * pace_;
    const double off = takes - expected;
    const int unused = marks_[word - 1] - marks_[before];
    return off * off / (kSpreadFixed + kSpreadPerSecond * expected) +
           kPunctuationWithoutPause * unused;
  }

  std::span<const ClauseWord> words_;
  std::vector<double> weights_;  // of the words before a border
  std::vector<int> marks_;       // words with punctuation before a border
  std::vector<SoundSpan> spans_;
  std::vector<double> ignored_;  // the cost of ignoring all spans before one
  double pace_ = 1;              // seconds per weight
  std::vector<std::vector<Step>> best_;
};

bool searchable(std::span<const ClauseWord> words, const std::vector<SoundSpan>& pauses) {
  return words.size() >= 2 && words.size() <= kMatchedWordsMax && !pauses.empty();
}

std::vector<SoundSpan> longest(std::vector<SoundSpan> pauses) {
  if (pauses.size() <= kPausesMax) return pauses;
  std::ranges::sort(pauses, std::ranges::greater{},
                    [](const SoundSpan& span) { return span.end - span.begin; });
  pauses.resize(kPausesMax);
  std::ranges::sort(pauses, {}, &SoundSpan::begin);
  return pauses;
}

}  // namespace

std::vector<PauseBehind> match_pauses(std::span<const ClauseWord> words, SoundSpan voice,
                                      std::vector<SoundSpan> pauses) {
  if (!searchable(words, pauses)) return {};
  return Search(words, voice, longest(std::move(pauses))).match_all(voice.end);
}

std::vector<PauseBehind> match_first_pauses(std::span<const ClauseWord> words, SoundSpan voice,
                                            std::vector<SoundSpan> pauses, double pace) {
  if (!searchable(words, pauses)) return {};
  return Search(words, voice, longest(std::move(pauses))).match_first(pace);
}

}  // namespace antiphon

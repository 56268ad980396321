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
  Search(std::span<const ClauseWord> words, SoundSpan voice, const std::vector<SoundSpan>& pauses)
      : words_(words), weights_(words.size() + 1, 0.0), marks_(words.size() + 1, 0) {
    // The voice's beginning and end are matched too, with the borders before and behind all words.
    spans_.push_back({voice.begin, voice.begin});
    spans_.insert(spans_.end(), pauses.begin(), pauses.end());
    spans_.push_back({voice.end, voice.end});
    ignored_.assign(spans_.size() + 1, 0.0);
    double silence = 0;
    for (std::size_t at = 0; at < spans_.size(); ++at) {
      const double length = seconds(spans_[at].end - spans_[at].begin);
      silence += length > 2 * kShortest ? length : 0;
      ignored_[at + 1] = ignored_[at] + kIgnoredPerSecond * std::max(0.0, length - kShortest);
    }
    for (std::size_t at = 0; at < words.size(); ++at) {
      weights_[at + 1] = weights_[at] + words[at].weight;
      marks_[at + 1] = marks_[at] + (words[at].pause_after ? 1 : 0);
    }
    pace_ = std::max(0.01, seconds(voice.end - voice.begin) - silence) / weights_.back();
    best_.assign(spans_.size(), std::vector<Step>(words.size() + 1));
  }

  std::vector<PauseBehind> run() {
    best_[0][0].cost = 0;
    for (std::size_t pause = 1; pause < spans_.size(); ++pause) {
      const bool is_end = pause + 1 == spans_.size();
      for (std::size_t word = is_end ? words_.size() : 1; word <= words_.size(); ++word) {
        if (!is_end && word == words_.size()) break;
        find_way_to(pause, word);
      }
    }
    std::vector<PauseBehind> matched;
    const Step* step = &best_.back().back();
    while (step->pause != 0) {
      matched.push_back({step->word, spans_[step->pause]});
      step = &best_[step->pause][step->word];
    }
    std::ranges::reverse(matched);
    return matched;
  }

 private:
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
  std::vector<double> ignored_;  // cost of ignoring the spans before one
  double pace_ = 1;              // seconds per weight
  std::vector<std::vector<Step>> best_;
};

}  // namespace

std::vector<PauseBehind> match_pauses(std::span<const ClauseWord> words, SoundSpan voice,
                                      std::vector<SoundSpan> pauses) {
  if (words.size() < 2 || words.size() > kMatchedWordsMax || pauses.empty()) return {};
  const auto length = [](const SoundSpan& span) { return span.end - span.begin; };
  if (pauses.size() > kPausesMax) {
    std::ranges::sort(pauses, std::ranges::greater{}, length);
    pauses.resize(kPausesMax);
    std::ranges::sort(pauses, {}, &SoundSpan::begin);
  }
  return Search(words, voice, pauses).run();
}

}  // namespace antiphon

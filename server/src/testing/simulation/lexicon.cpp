#include "testing/simulation/lexicon.h"

#include "core/check.h"

#include <cstdlib>
#include <sstream>

namespace antiphon {

namespace {

constexpr std::size_t kWordsMax = 28'000;
constexpr std::size_t kGap = 480;  // 30 ms between words
constexpr std::size_t kRunsMax = 4'096;

}  // namespace

Sample Lexicon::add(std::string word) {
  CHECK(words_.size() < kWordsMax, "a simulated call has at most 28,000 words");
  words_.push_back(std::move(word));
  return static_cast<Sample>(kFirstWord + static_cast<int>(words_.size()) - 1);
}

const std::string& Lexicon::word(Sample level) const {
  return words_.at(static_cast<std::size_t>(level - kFirstWord));
}

void append_tone(std::vector<Sample>& samples, Sample level, std::size_t count) {
  for (std::size_t at = 0; at < count; ++at) {
    samples.push_back(at % 2 == 0 ? level : static_cast<Sample>(-level));
  }
}

std::vector<Sample> Lexicon::speak(std::string_view text, Duration duration) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> spoken;
  std::size_t letters = 0;
  for (std::string one; stream >> one;) {
    letters += one.size();
    spoken.push_back(one);
  }
  std::vector<Sample> samples;
  const auto total = static_cast<std::size_t>(duration.count() / 62'500);
  for (const std::string& one : spoken) {
    const std::size_t share = total * one.size() / letters;
    const std::size_t gap = share > 4 * kGap ? kGap : share / 4;
    append_tone(samples, add(one), share - gap);
    samples.resize(samples.size() + gap);
  }
  return samples;
}

std::string Lexicon::recognize(std::span<const Sample> samples) const {
  WordReader reader;
  reader.read(samples);
  return reader.text(*this);
}

WordReader::WordReader() : runs_(kRunsMax) {}

void WordReader::read(std::span<const Sample> samples) noexcept {
  for (const Sample sample : samples) {
    const auto level = static_cast<Sample>(std::abs(int{sample}));
    if (level < Lexicon::kFirstWord) continue;
    if (count_ > 0 && runs_[count_ - 1].level == level) {
      ++runs_[count_ - 1].samples;
    } else if (count_ < runs_.size()) {
      runs_[count_++] = {level, 1};
    }
  }
}

std::string WordReader::text(const Lexicon& lexicon) const {
  std::string text;
  for (std::size_t at = 0; at < count_; ++at) {
    if (runs_[at].samples < Lexicon::kShortestWord) continue;
    if (!text.empty()) text += ' ';
    text += lexicon.word(runs_[at].level);
  }
  return text;
}

}  // namespace antiphon

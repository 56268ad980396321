#include "providers/builtin/mishearing.h"

#include "core/utf8.h"
#include "providers/sounds.h"
#include "providers/terms.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace antiphon {

namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view text) {
  Words words(1);
  for (const char character : to_lower_ascii(text)) {
    if (std::isalnum(static_cast<unsigned char>(character)) != 0) {
      words.back() += character;
    } else if (character != '\'' && !words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool has_meaning(const std::string& word) { return !index_terms(word).empty(); }

// Sounds that one has more than the other are lost: most pairs need no closer look.
bool may_be_alike(std::size_t left, std::size_t right) {
  const auto [fewer, more] = std::minmax(left, right);
  return static_cast<double>(more - fewer) * kSoundLostLeast <=
         kSoundsAlike * static_cast<double>(more);
}

// What the passages speak of, one or two words at a time, and how it sounds.
class Vocabulary {
 public:
  explicit Vocabulary(const std::vector<Passage>& passages) {
    for (const Passage& passage : passages) {
      add(words_of(passage.heading));
      add(words_of(passage.text));
    }
  }

  [[nodiscard]] bool holds(const std::string& word) const {
    return std::ranges::any_of(index_terms(word),
                               [this](const std::string& term) { return terms_.contains(term); });
  }

  // The entry that sounds most like `heard`, and how far it is.
  [[nodiscard]] std::pair<double, std::string_view> nearest(const Sounds& heard) const {
    std::pair<double, std::string_view> best{1, {}};
    for (const auto& [text, sounds] : entries_) {
      if (sounds.size() < kSoundsLeast || !may_be_alike(heard.size(), sounds.size())) continue;
      const double distance = sound_distance(heard, sounds);
      if (distance < best.first) best = {distance, text};
    }
    return best;
  }

 private:
  void add(const Words& words) {
    for (std::size_t index = 0; index < words.size(); ++index) {
      const std::string& word = words[index];
      if (!has_meaning(word)) continue;
      for (std::string& term : index_terms(word))
        terms_.insert(std::move(term));
      const Sounds& sounds = put(word);
      if (index + 1 == words.size() || !has_meaning(words[index + 1])) continue;
      Sounds both = sounds;
      const Sounds& second = put(words[index + 1]);
      both.insert(both.end(), second.begin(), second.end());
      entries_.try_emplace(word + ' ' + words[index + 1], std::move(both));
    }
  }

  const Sounds& put(const std::string& word) {
    const auto [entry, is_new] = entries_.try_emplace(word);
    if (is_new) entry->second = sounds_of(word);
    return entry->second;
  }

  std::map<std::string, Sounds> entries_;
  std::set<std::string> terms_;
};

struct Reading {
  double distance = 1;
  std::size_t begin = 0;
  std::size_t count = 0;
  std::string text;
};

// The best replacement anywhere in the question.
Reading best_reading(const Words& words, const std::vector<bool>& is_fixed,
                     const Vocabulary& vocabulary) {
  Reading best;
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string heard;
    bool is_strange = false;
    for (std::size_t count = 1; count <= 2 && begin + count <= words.size(); ++count) {
      const std::string& word = words[begin + count - 1];
      if (is_fixed[begin + count - 1]) break;
      heard += (count == 1 ? "" : " ") + word;
      is_strange = is_strange || (has_meaning(word) && !vocabulary.holds(word));
      if (!is_strange) continue;
      const Sounds sounds = sounds_of(heard);
      if (sounds.size() < kSoundsLeast) continue;
      const auto [distance, text] = vocabulary.nearest(sounds);
      if (distance <= kSoundsAlike && distance < best.distance) {
        best = {distance, begin, count, std::string(text)};
      }
    }
  }
  return best;
}

}  // namespace

std::string as_may_have_been_said(std::string_view question, const std::vector<Passage>& passages) {
  Words words = words_of(question);
  if (words.size() > kWordsRead) return {};
  const Vocabulary vocabulary(passages);
  std::vector<bool> is_fixed(words.size());
  bool changed = false;
  for (;;) {
    Reading reading = best_reading(words, is_fixed, vocabulary);
    if (reading.count == 0) break;
    changed = true;
    words[reading.begin] = std::move(reading.text);
    is_fixed[reading.begin] = true;
    if (reading.count == 2) {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(reading.begin) + 1);
      is_fixed.erase(is_fixed.begin() + static_cast<std::ptrdiff_t>(reading.begin) + 1);
    }
  }
  if (!changed) return {};
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace antiphon

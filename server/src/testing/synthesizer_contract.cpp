#include "testing/synthesizer_contract.h"

#include <algorithm>
#include <cctype>

namespace antiphon {

namespace {

std::string describe(std::string_view what, const WordTime& word) {
  return std::string(what) + ": bytes " + std::to_string(word.begin) + " to " +
         std::to_string(word.end) + ", " + std::to_string(word.starts.count()) + " to " +
         std::to_string(word.ends.count()) + " ms";
}

bool is_sounded(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0; }

std::string missing_word(std::string_view text, const std::vector<WordTime>& words) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto covers = [at](const WordTime& word) { return word.begin <= at && at < word.end; };
    if (is_sounded(text[at]) && std::ranges::none_of(words, covers)) {
      return "no word time covers \"" + std::string(text.substr(at, 20)) + '"';
    }
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view text, const std::vector<SynthesizedChunk>& chunks,
                           WordTimes expected) {
  std::vector<WordTime> words;
  std::size_t samples = 0;
  for (const SynthesizedChunk& chunk : chunks) {
    words.insert(words.end(), chunk.words.begin(), chunk.words.end());
    samples += chunk.samples.size();
  }
  if (expected == WordTimes::absent) return words.empty() ? "" : describe("a word time", words[0]);
  WordTime last;
  for (const WordTime& word : words) {
    if (word.begin >= word.end || word.end > text.size()) return describe("outside", word);
    if (word.starts > word.ends) return describe("ends before it starts", word);
    if (word.begin < last.end) return describe("overlaps the text before", word);
    if (word.starts < last.ends) return describe("overlaps the sound before", word);
    if (static_cast<std::size_t>(word.ends.count()) * 16 > samples) {
      return describe("lasts longer than the sound", word);
    }
    last = word;
  }
  return missing_word(text, words);
}

}  // namespace antiphon

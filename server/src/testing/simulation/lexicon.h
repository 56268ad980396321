// Speech for tests: each word is a tone whose loudness is its number, so whoever has the sound has
// the words.
//
// A scripted recognizer reads words off the samples it was given, and a test reads off the frames
// that were sent what the caller really heard. A cough is loud and holds no word; noise is what a
// voice-activity model refuses.
#pragma once

#include "core/audio_frame.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

class Lexicon {
 public:
  // A new number for this occurrence of the word.
  [[nodiscard]] Sample add(std::string word);
  [[nodiscard]] const std::string& word(Sample level) const;

  // `text` spoken in `duration`: words share it by their length, with short gaps.
  [[nodiscard]] std::vector<Sample> speak(std::string_view text, Duration duration);
  // The words of which at least 40 ms are in the samples, in order.
  [[nodiscard]] std::string recognize(std::span<const Sample> samples) const;

  static constexpr Sample kFirstWord = 4'000;
  static constexpr Sample kCough = 3'500;
  static constexpr Sample kNoise = 2'500;
  static constexpr std::size_t kShortestWord = 640;

 private:
  std::vector<std::string> words_;
};

// `count` samples whose sign alternates: as loud as `level`.
void append_tone(std::vector<Sample>& samples, Sample level, std::size_t count);

// Collects words from samples that come in pieces; allocates nothing while they come.
class WordReader {
 public:
  WordReader();
  void read(std::span<const Sample> samples) noexcept;
  void clear() noexcept { count_ = 0; }
  [[nodiscard]] std::string text(const Lexicon& lexicon) const;

 private:
  struct Run {
    Sample level = 0;
    std::size_t samples = 0;
  };
  std::vector<Run> runs_;
  std::size_t count_ = 0;
};

}  // namespace antiphon

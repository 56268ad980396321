// The labelled corpus of bench/turns, as corpus.py wrote it.
#pragma once

#include "core/audio_frame.h"
#include "core/clock.h"
#include "domain/turn.h"

#include <filesystem>
#include <string>
#include <vector>

namespace antiphon::turns {

struct LabelledWord {
  std::string text;
  Duration end{0};  // from the beginning of the recording
};

struct Item {
  std::string id;
  std::string half;
  std::string category;  // "class" in the file
  std::string wav;
  std::string text;
  bool over_agent = false;
  Duration speech_start{0};
  Duration speech_end{0};
  ExpectedValue expected = ExpectedValue::none;
  std::vector<LabelledWord> words;
};

struct Corpus {
  std::vector<Item> items;
  std::string agent_wav;
  std::string agent_text;
};

// Ends the program with a message when the folder holds no corpus.
[[nodiscard]] Corpus read_corpus(const std::filesystem::path& folder);
// 16 kHz, whatever the file has.
[[nodiscard]] std::vector<Sample> read_sound(const std::filesystem::path& file);
[[noreturn]] void give_up(const std::string& message);

}  // namespace antiphon::turns

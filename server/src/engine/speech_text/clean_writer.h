// Collects cleaned characters with the written bytes they stand for.
#pragma once

#include "engine/speech_text/clean_text.h"

#include <cstddef>
#include <string_view>

namespace antiphon::speech_text {

// Where something stands in the written text.
struct WrittenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class CleanWriter {
 public:
  // Spaces at the front and after another space are left out.
  void put(std::string_view characters, WrittenRange from);
  void space(WrittenRange from) { put(" ", from); }
  // A pause after the last word, unless punctuation makes one there already.
  void pause(char mark);
  // One code point of the written text, without markup's meaning: quotes, dashes and spaces are
  // normalised, emoji and controls left out.
  void character(std::string_view sequence, WrittenRange from);

  [[nodiscard]] const std::string& text() const { return clean_.text; }
  [[nodiscard]] CleanText take();

 private:
  void dash(WrittenRange from);
  bool sign(char32_t code_point, WrittenRange from);

  CleanText clean_;
};

}  // namespace antiphon::speech_text

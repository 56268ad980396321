// Written text to words that can be spoken: "Dr. Ng, $3.50" becomes "doctor Ng, three dollars and
// fifty cents".
//
// Input   one clause or a whole text, UTF-8 with or without Markdown, HTML and emoji; bytes that
//         are not UTF-8 are skipped. At most kWrittenMax characters are read, the rest is left out.
// Output  plain words and the punctuation that makes pauses, and which words speak which written
//         ones: the transcript and the model's context keep the written text. Empty when there is
//         nothing to say.
// Limits  English numbers, dates and symbols; other languages only lose their markup and emoji. The
//         spoken text holds at most max(1,000, 2.5 times the written) bytes: words that would
//         exceed it stay as they are written. Linear time.
// Errors  none: what is not understood is left as it is.
// Thread  any; constant once made.
#pragma once

#include "domain/agent.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// Which spoken bytes say which written bytes. Pieces are in order, never overlap and are never
// empty on either side; between two of them lies only white space, on both sides.
struct SpokenPiece {
  std::uint32_t spoken_begin = 0;  // byte offsets in SpokenText::text
  std::uint32_t spoken_end = 0;
  std::uint32_t written_begin = 0;  // byte offsets in the written text
  std::uint32_t written_end = 0;
  bool operator==(const SpokenPiece&) const = default;
};

struct SpokenText {
  std::string text;
  std::vector<SpokenPiece> pieces;
};

class SpeechText {
 public:
  static constexpr std::size_t kWrittenMax = 4'000;

  SpeechText();  // English, no words of its own
  // An entry of spaces only is never found. The first of two entries for the same words counts.
  SpeechText(std::string_view language, std::span<const Pronunciation> pronunciations);

  [[nodiscard]] SpokenText speak(std::string_view written) const;

 private:
  class Rules;
  std::shared_ptr<const Rules> rules_;  // constant; copies of a session's settings share it
};

}  // namespace antiphon

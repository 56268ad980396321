// What must hold between a written text and what is spoken for it. For the test and the fuzzer.
#pragma once

#include "engine/speech_text.h"
#include "engine/speech_text/letters.h"

#include <algorithm>
#include <string_view>

namespace antiphon::speech_text {

inline bool is_blank(std::string_view text) { return std::ranges::all_of(text, is_space); }

// The rule that is broken, or nothing.
inline std::string_view broken_rule(std::string_view written, const SpokenText& spoken) {
  if (spoken.text.size() > std::max<std::size_t>(1'000, written.size() * 5 / 2)) {
    return "the spoken text is bounded";
  }
  if (spoken.pieces.empty()) return spoken.text.empty() ? "" : "every spoken word has a piece";
  std::size_t spoken_to = 0;
  std::size_t written_to = 0;
  for (const SpokenPiece& piece : spoken.pieces) {
    const bool has_order =
        spoken_to <= piece.spoken_begin && written_to <= piece.written_begin &&
        piece.spoken_begin < piece.spoken_end && piece.written_begin < piece.written_end &&
        piece.spoken_end <= spoken.text.size() && piece.written_end <= written.size();
    if (!has_order) return "pieces rise, hold something and lie inside the texts";
    if (!is_blank(
            std::string_view(spoken.text).substr(spoken_to, piece.spoken_begin - spoken_to))) {
      return "every spoken word is in a piece";
    }
    if (!is_blank(written.substr(written_to, piece.written_begin - written_to))) {
      return "every written word is in a piece";
    }
    spoken_to = piece.spoken_end;
    written_to = piece.written_end;
  }
  if (spoken_to != spoken.text.size()) return "the last piece ends the spoken text";
  return is_blank(written.substr(written_to)) ? "" : "the last piece ends the written text";
}

}  // namespace antiphon::speech_text

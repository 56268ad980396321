// Takes out of a written text what nobody says: Markdown, HTML, emoji, control characters, bytes
// that are not UTF-8. Quotes, dashes and spaces become their ASCII cousins.
//
// Output  one line of words with single spaces. A heading, a list item, a table row and a paragraph
//         end with punctuation; cells of a table are separated by commas.
// Limits  linear time.
// Source  CommonMark 0.31 and the tables of GFM, as far as they can be told without the document
//         around them: a clause may begin inside a list, and end inside an emphasis.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::speech_text {

struct CleanText {
  std::string text;
  // Per byte of `text`: the written bytes it stands for. Punctuation of ours stands for none.
  std::vector<std::uint32_t> begins;
  std::vector<std::uint32_t> ends;
};

[[nodiscard]] CleanText clean_text(std::string_view written);

}  // namespace antiphon::speech_text

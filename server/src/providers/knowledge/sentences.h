// Cuts text into sentences that can be said aloud one by one.
//
// Ends   . ! ? and … before white space, not after an abbreviation ("Dr.", "e.g."), an initial or
//        inside a number. Limits a sentence over kSentenceMax bytes is cut at a comma, else at a
//        space, else at a code point.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kSentenceMax = 400;

[[nodiscard]] std::vector<std::string> split_sentences(std::string_view text);

}  // namespace antiphon

// Cuts text into pieces that are spoken one after the other: the first short, so that speech begins
// soon.
//
// Output  views into `text`, in order; together they hold every word. A piece ends at punctuation
//         where it can, at a space where a clause is longer than kPieceMax, inside a word only
//         where there is no space.
// Limits  pieces of at most kPieceMax bytes; UTF-8 sequences stay whole.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kPieceMax = 160;

// Bytes of the first clause of `text` with its punctuation; "Dr." and "9.30" end none.
[[nodiscard]] std::size_t clause_length(std::string_view text);

[[nodiscard]] std::vector<std::string_view> split_clauses(std::string_view text);

}  // namespace antiphon

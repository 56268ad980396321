// The words of a text that a search goes by.
//
// Output  lower-case words of letters and digits, in order; without stop words and without the
//         endings of plurals, "-ing", "-ed" and a last "e", so "openings" and "open" meet, and
//         "closed" and "close". A term is no longer a word: "price" is "pric".
// Thread  any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

[[nodiscard]] std::vector<std::string> index_terms(std::string_view text);

}  // namespace antiphon

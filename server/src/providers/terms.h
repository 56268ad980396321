// The words of a text that a search goes by.
//
// Output  lower-case words of letters and digits, in order; without stop words, plural endings and
//         "-ing", so "openings" and "open" meet.
// Thread  any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

[[nodiscard]] std::vector<std::string> index_terms(std::string_view text);

}  // namespace antiphon

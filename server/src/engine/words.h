// Words of a transcript: lower case, letters, digits and apostrophes only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// "Uh-huh, that's it." → uh huh that's it
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace antiphon

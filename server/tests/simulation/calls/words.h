// Words as the checks compare them: lower case, letters and digits alone, without apostrophes.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::simulated {

inline std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char letter : text) {
    if (letter == '\'') continue;
    const bool part = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (part && !inside) words.emplace_back();
    if (part) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    inside = part;
  }
  return words;
}

}  // namespace antiphon::simulated

#include "engine/words.h"

#include <utility>

namespace antiphon {

namespace {

bool belongs_to_word(unsigned char byte) {
  // Bytes above 0x7f are parts of letters outside ASCII.
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '\'' || byte >= 0x80;
}

char lowered(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char letter : text) {
    if (belongs_to_word(static_cast<unsigned char>(letter))) {
      word += lowered(letter);
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace antiphon

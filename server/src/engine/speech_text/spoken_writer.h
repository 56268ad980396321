// Writes spoken words and keeps which written ones they speak.
#pragma once

#include "engine/speech_text.h"
#include "engine/speech_text/phrase.h"
#include "engine/speech_text/tokens.h"

#include <cstddef>
#include <string_view>

namespace antiphon::speech_text {

class SpokenWriter {
 public:
  SpokenWriter(const Tokens& tokens, const std::string_view& written);

  // The phrase's words for the tokens from `at`; as they are written where the text would become
  // too long. Returns the next token.
  std::size_t write(std::size_t at, const Phrase& phrase);
  [[nodiscard]] SpokenText take();

 private:
  void say(std::size_t first, const Phrase::Part& part);
  void mark(char letter);
  void cover_all();

  const Tokens& tokens_;
  const std::string_view& written_;
  std::size_t length_max_;
  std::size_t said_to_ = 0;  // behind the last token that was given words
  SpokenText out_;
};

}  // namespace antiphon::speech_text

// What a rule found in a text: words for the next tokens, in order.
#pragma once

#include "engine/speech_text/tokens.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::speech_text {

// What happens to a point behind the last token: an abbreviation's is not spoken as a pause, and
// an emoticon has no marks at all, and a dash is a comma.
enum class Point : std::uint8_t { keep, drop, no_mark, comma };

class Phrase {
 public:
  struct Part {
    std::size_t tokens = 0;
    std::string words;
    Point point = Point::keep;
    bool has_bracket = false;
  };

  // `tokens` more of them are spoken as `words`.
  void say(std::size_t tokens, std::string words, Point point = Point::keep) {
    parts_.push_back({tokens, std::move(words), point, false});
    tokens_ += tokens;
  }
  // The bracket in front is part of what is spoken: "(555) 010-2000".
  void take_bracket() { parts_.front().has_bracket = true; }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::size_t tokens() const { return tokens_; }
  [[nodiscard]] bool empty() const { return tokens_ == 0; }

 private:
  std::vector<Part> parts_;
  std::size_t tokens_ = 0;
};

}  // namespace antiphon::speech_text

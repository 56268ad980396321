// A cleaned text cut at its spaces. A token is what stands between two spaces, its core that
// without the quotes, brackets and marks around it: ("$3.50", has the core $3.50.
//
// A dictionary's words are tokens of their own, also inside a word: `glued` ones follow without a
// space.
#pragma once

#include "engine/speech_text/clean_text.h"
#include "engine/speech_text/pronunciations.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::speech_text {

struct Token {
  std::size_t begin = 0;  // in the cleaned text
  std::size_t end = 0;
  std::size_t core_begin = 0;
  std::size_t core_end = 0;
  bool is_glued = false;
  std::optional<std::string> spoken;  // of the dictionary
};

class Tokens {
 public:
  Tokens(CleanText clean, const Pronunciations& pronunciations);

  [[nodiscard]] std::size_t size() const { return tokens_.size(); }
  [[nodiscard]] const Token& operator[](std::size_t at) const { return tokens_[at]; }
  [[nodiscard]] const CleanText& clean() const { return clean_; }

  // All empty behind the last token.
  [[nodiscard]] std::string_view core(std::size_t at) const;
  [[nodiscard]] std::string_view lead(std::size_t at) const;
  [[nodiscard]] std::string_view trail(std::size_t at) const;
  // The core of the token behind `at`, if no mark stands between them and it is no word of the
  // dictionary.
  [[nodiscard]] std::string_view next(std::size_t at) const;
  // The same, where a comma or an abbreviation's point may stand between.
  [[nodiscard]] std::string_view next_past(std::size_t at, std::string_view mark) const;
  [[nodiscard]] std::string_view previous(std::size_t at) const {
    return at > 0 ? core(at - 1) : std::string_view();
  }
  // `at` is the first word of a sentence.
  [[nodiscard]] bool begins_sentence(std::size_t at) const;
  // From the start of `at` to the end of the text.
  [[nodiscard]] std::string_view rest(std::size_t at) const;

 private:
  void add(std::size_t begin, std::size_t end, bool is_glued);
  void cut(std::size_t begin, std::size_t end, bool is_glued);

  CleanText clean_;
  std::vector<Token> tokens_;
};

}  // namespace antiphon::speech_text

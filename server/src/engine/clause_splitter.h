// Cuts a growing text into pieces that can be spoken: the first as short as it sounds natural, so
// that the voice begins early, then sentence by sentence.
//
// Output  trimmed clauses, in order; together they are the text, with single spaces where it was
//         cut.
// Limits  a clause has at most kClauseBytesMax bytes; a longer one is cut at a space, or between
//         characters.
// Thread  owned by one reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class ClauseSplitter {
 public:
  static constexpr std::size_t kClauseBytesMax = 400;

  void push(std::string_view text) {
    text_ += text;
    finished_ = false;
  }
  // What follows, if anything, is another sentence: the rest may go.
  void finish() { finished_ = true; }
  // The next whole clause, if the text holds one.
  [[nodiscard]] std::optional<std::string> next();

 private:
  [[nodiscard]] std::size_t find_cut() const;

  std::string text_;
  bool finished_ = false;
  bool first_ = true;
};

}  // namespace antiphon

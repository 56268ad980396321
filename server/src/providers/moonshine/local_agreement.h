// Makes a steady text out of a recognizer that decodes the growing utterance again and again.
//
// Words on which two hypotheses in a row agree are stable: they never change any more, in no later
// text. The last word of a hypothesis is never taken, it may be half a word; neither is punctuation
// after the last stable word.
//
// Limits  none of its own; an utterance's text is a few kB.
// Thread  one owner.
// Source  LocalAgreement-2, Liu et al. 2020; Macháček et al. 2023 ("whisper streaming").
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

class LocalAgreement {
 public:
  // The last `open_words` of a hypothesis stay open: a model corrects what it has just heard.
  explicit LocalAgreement(std::size_t open_words = 1) : open_words_(open_words) {}

  // A further hypothesis for the same audio and more.
  void update(std::string_view hypothesis);
  // The last one: all of it is stable.
  void finish(std::string_view hypothesis);

  // The audio was cut: `first_part` is what its front says. Returns the text of that part and keeps
  // the rest, of which what was stable stays stable.
  [[nodiscard]] std::string split_off(std::string_view first_part);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t stable_bytes() const { return stable_bytes_; }

 private:
  void adopt(std::string_view hypothesis);

  std::size_t open_words_;
  std::string previous_;  // hypothesis
  std::string text_;
  std::size_t stable_bytes_ = 0;
};

}  // namespace antiphon

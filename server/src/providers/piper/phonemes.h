// English text to the International Phonetic Alphabet, as Piper voices were trained on it.
//
// Input   any bytes; what is not UTF-8 or has no English sound is skipped.
// Output  code points: phonemes, stress marks, one space between words, the text's own punctuation
//         after each clause. Empty when there is nothing to say.
// Limits  a word of more than 40 letters is spoken in parts.
// Thread  any; flite works behind a lock (about 1 ms a sentence).
// Source  flite 2.2 (text normalisation, CMU lexicon, letter-to-sound rules), no wave synthesis;
//         espeak-ng would be GPL in our process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

[[nodiscard]] std::u32string phonemes_of(std::string_view text);

// A word of the text, up to white space on both sides, and the phonemes that say it.
struct PhonemeWord {
  std::size_t text_begin = 0;  // byte offsets
  std::size_t text_end = 0;
  std::size_t begin = 0;  // code points of Phonemes::all, without the space behind
  std::size_t end = 0;
};

struct Phonemes {
  std::u32string all;
  // In the order of the text, none twice; a word without a sound is not among them.
  std::vector<PhonemeWord> words;
};

[[nodiscard]] Phonemes phonemes_and_words_of(std::string_view text);

// Typographic quotes, dashes and accented letters to ASCII; everything else beyond ASCII to a
// space.
[[nodiscard]] std::string speakable_ascii(std::string_view text);

}  // namespace antiphon

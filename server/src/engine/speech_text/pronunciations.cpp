#include "engine/speech_text/pronunciations.h"

#include "core/utf8.h"
#include "engine/speech_text/clean_text.h"
#include "engine/speech_text/letters.h"

#include <algorithm>
#include <tuple>

namespace antiphon::speech_text {

namespace {

char folded(char letter) { return is_upper(letter) ? static_cast<char>(letter + 32) : letter; }

// What is spoken goes to the synthesizer as it is given, but for line breaks and controls.
std::string single_spaced(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const bool is_gap = static_cast<unsigned char>(letter) <= ' ' || letter == 0x7F;
    if (!is_gap) {
      out += letter;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

Pronunciations::Pronunciations(std::span<const Pronunciation> entries) {
  for (const Pronunciation& entry : entries) {
    // As the text will be: with plain quotes and dashes, without markup.
    std::string written = clean_text(entry.written.value()).text;
    if (written.empty()) continue;
    std::string key = to_lower_ascii(written);
    entries_.push_back({std::move(key), std::move(written), single_spaced(entry.spoken.value()),
                        entry.whole_words, entry.match_case, entries_.size()});
  }
  std::ranges::sort(entries_, [](const Entry& one, const Entry& other) {
    return std::tie(one.folded, one.place) < std::tie(other.folded, other.place);
  });
}

bool Pronunciations::stands(const Entry& entry, std::string_view text, std::size_t at) {
  const std::string_view found = text.substr(at, entry.written.size());
  if (entry.match_case && found != entry.written) return false;
  if (!entry.whole_words) return true;
  const std::size_t end = at + found.size();
  // A border lies only where two letters would meet: "C++" ends before a letter, too.
  const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(text[at]);
  const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(text[end - 1]);
  return begins && ends;
}

std::optional<Pronunciations::Found> Pronunciations::find(std::string_view text,
                                                          std::size_t at) const {
  std::optional<Found> best;
  std::span<const Entry> same = entries_;
  // Narrows to the entries that share the next letter; the shortest of them stands first.
  for (std::size_t depth = 0; at + depth < text.size() && !same.empty(); ++depth) {
    const auto letter_of = [depth](const Entry& entry) {
      return depth < entry.folded.size()
                 ? static_cast<int>(static_cast<unsigned char>(entry.folded[depth]))
                 : -1;
    };
    const int letter = static_cast<unsigned char>(folded(text[at + depth]));
    const auto range = std::ranges::equal_range(same, letter, {}, letter_of);
    same = {range.begin(), range.end()};
    for (const Entry& entry : same) {
      if (entry.folded.size() != depth + 1) break;
      if (!stands(entry, text, at)) continue;
      best = Found{entry.written.size(), entry.spoken};
      break;
    }
  }
  return best;
}

}  // namespace antiphon::speech_text

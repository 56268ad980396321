#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <array>
#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::size_t kRomanMax = 9;  // letters: LXXXVIII

constexpr std::string_view kParts =
    "chapter part volume section act scene phase type level class appendix article book war vol "
    "stage grade tier title annex bowl series episode season schedule";
constexpr std::string_view kRegnal =
    "Henry Louis Elizabeth Charles George Edward William Richard James Paul Pius Napoleon Philip "
    "Benedict Leo Gregory Frederick Francis John Mary Alexander Nicholas Catherine Innocent "
    "Wilhelm Ferdinand Leopold Gustav Christian Harald Margrethe Ramesses Clement Urban Peter";

// 0 for what is not written the one right way: IIII, IC, VX.
unsigned roman_number(std::string_view letters) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 9> kSteps{{{"C", 100},
                                                                         {"XC", 90},
                                                                         {"L", 50},
                                                                         {"XL", 40},
                                                                         {"X", 10},
                                                                         {"IX", 9},
                                                                         {"V", 5},
                                                                         {"IV", 4},
                                                                         {"I", 1}}};
  unsigned number = 0;
  for (const auto& [step, value] : kSteps) {
    const bool repeats = value == 100 || value == 10 || value == 1;
    for (int count = 0; count < (repeats ? 3 : 1) && letters.starts_with(step); ++count) {
      number += value;
      letters.remove_prefix(step.size());
    }
  }
  return letters.empty() ? number : 0;
}

bool is_initials(std::string_view core) {
  if (core.size() < 3 || core.size() > 9 || core.size() % 2 == 0) return false;
  for (std::size_t at = 0; at < core.size(); ++at) {
    if (at % 2 == 0 ? !is_letter(core[at]) : core[at] != '.') return false;
  }
  return true;
}

// "THIS IS IMPORTANT": words beside it are in capitals too.
bool is_shouted(const Tokens& tokens, std::size_t at) {
  const auto is_loud = [&tokens](std::size_t place) {
    const std::string_view core = tokens.core(place);
    return all_upper(core) && ((core.size() >= 5 && !is_spelled(core)) || is_shouted_word(core));
  };
  return (at > 0 && is_loud(at - 1)) || is_loud(at + 1);
}

std::string letters_of(std::string_view initials) {
  std::string letters;
  for (const char letter : initials) {
    if (is_letter(letter)) letters += letter;
  }
  return letters;
}

}  // namespace

Phrase speak_roman(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  const std::string_view core = tokens.core(at);
  if (at == 0 || core.empty() || core.size() > kRomanMax || !tokens.trail(at - 1).empty() ||
      !all_upper(core)) {
    return phrase;
  }
  const unsigned number = roman_number(core);
  if (number == 0) return phrase;
  const std::string_view name = tokens.previous(at);
  const bool goes_on = !tokens.next(at).empty() && is_lower(tokens.next(at).front());
  if (is_one_of(to_lower_ascii(name), kParts)) {
    phrase.say(1, cardinal(std::to_string(number)));
  } else if (is_one_of(name, kRegnal) && (core != "I" || !goes_on)) {
    phrase.say(1, "the " + ordinal(std::to_string(number)));
  }
  return phrase;
}

Phrase speak_acronym(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  std::string_view core = tokens.core(at);
  if (core.empty()) return phrase;
  if (core.size() == 1) {
    // "J. Smith", "plan B.": an initial's point is no pause.
    const bool is_initial = is_upper(core.front()) && core != "I" && tokens.trail(at) == "." &&
                            is_capitalised(tokens.core(at + 1));
    if (is_initial) phrase.say(1, std::string(core), Point::drop);
    return phrase;
  }
  if (is_initials(core)) {
    phrase.say(1, spelled(letters_of(core)), point_behind(tokens, at));
    return phrase;
  }
  std::string_view ending;
  for (const std::string_view suffix : {"'s", "s"}) {
    if (!core.ends_with(suffix) || core.size() < suffix.size() + 2) continue;
    ending = "'s";
    core.remove_suffix(suffix.size());
    break;
  }
  if (core == "OK") {
    phrase.say(1, "okay" + std::string(ending));
    return phrase;
  }
  const bool is_word = !all_upper(core) || !is_spelled(core) ||
                       (ending.empty() && has_vowel(core) && is_shouted(tokens, at)) ||
                       (ending.empty() && is_shouted_word(core) && core != "IT" && core != "US");
  if (is_word || (ending == "'s" && core.size() < 2)) return phrase;
  phrase.say(1, spelled(core).append(ending));
  return phrase;
}

}  // namespace antiphon::speech_text

#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/vocabulary.h"

#include <algorithm>
#include <array>

namespace antiphon::speech_text {

namespace {

enum class When : std::uint8_t {
  always,
  with_point,    // "co." but not "co"
  before_digit,  // "No. 5"
  before_name,   // "Mt. Hood"
  after_name,    // "Elm Ave."
};

struct Abbreviation {
  std::string_view written;  // lower case
  std::string_view spoken;
  When when = When::always;
};

constexpr std::array kAbbreviations{
    Abbreviation{"mr", "mister"},
    Abbreviation{"mrs", "missus"},
    Abbreviation{"ms", "miz", When::before_name},
    Abbreviation{"prof", "professor"},
    Abbreviation{"jr", "junior"},
    Abbreviation{"sr", "senior", When::after_name},
    Abbreviation{"gen", "general", When::before_name},
    Abbreviation{"col", "colonel", When::before_name},
    Abbreviation{"capt", "captain", When::before_name},
    Abbreviation{"sgt", "sergeant", When::before_name},
    Abbreviation{"lt", "lieutenant", When::before_name},
    Abbreviation{"rev", "reverend", When::before_name},
    Abbreviation{"gov", "governor", When::before_name},
    Abbreviation{"sen", "senator", When::before_name},
    Abbreviation{"mt", "mount", When::before_name},
    Abbreviation{"ft", "fort", When::before_name},
    Abbreviation{"ave", "avenue", When::after_name},
    Abbreviation{"blvd", "boulevard"},
    Abbreviation{"rd", "road", When::after_name},
    Abbreviation{"ln", "lane", When::after_name},
    Abbreviation{"hwy", "highway"},
    Abbreviation{"sq", "square", When::after_name},
    Abbreviation{"apt", "apartment", When::before_digit},
    Abbreviation{"ste", "suite", When::before_digit},
    Abbreviation{"fl", "floor", When::before_digit},
    Abbreviation{"no", "number", When::before_digit},
    Abbreviation{"nos", "numbers", When::before_digit},
    Abbreviation{"nr", "number", When::before_digit},
    Abbreviation{"fig", "figure", When::before_digit},
    Abbreviation{"ch", "chapter", When::before_digit},
    Abbreviation{"sec", "section", When::before_digit},
    Abbreviation{"vol", "volume", When::before_digit},
    Abbreviation{"p", "page", When::before_digit},
    Abbreviation{"pp", "pages", When::before_digit},
    Abbreviation{"ext", "extension", When::before_digit},
    Abbreviation{"tel", "telephone", When::with_point},
    Abbreviation{"inc", "incorporated", When::with_point},
    Abbreviation{"ltd", "limited"},
    Abbreviation{"corp", "corporation", When::with_point},
    Abbreviation{"co", "company", When::with_point},
    Abbreviation{"bros", "brothers", When::with_point},
    Abbreviation{"dept", "department"},
    Abbreviation{"est", "established", When::before_digit},
    Abbreviation{"approx", "approximately"},
    Abbreviation{"ca", "about", When::before_digit},
    Abbreviation{"appt", "appointment"},
    Abbreviation{"incl", "including"},
    Abbreviation{"excl", "excluding"},
    Abbreviation{"max", "maximum", When::with_point},
    Abbreviation{"min", "minimum", When::with_point},
    Abbreviation{"etc", "et cetera"},
    Abbreviation{"e.g", "for example"},
    Abbreviation{"eg", "for example", When::with_point},
    Abbreviation{"i.e", "that is"},
    Abbreviation{"ie", "that is", When::with_point},
    Abbreviation{"vs", "versus"},
    Abbreviation{"v", "versus", When::with_point},
    Abbreviation{"cf", "compare", When::with_point},
    Abbreviation{"a.k.a", "also known as"},
    Abbreviation{"aka", "also known as"},
    Abbreviation{"p.s", "P S"},
    Abbreviation{"ph.d", "P H D"},
    Abbreviation{"phd", "P H D"},
    Abbreviation{"hrs", "hours"},
    Abbreviation{"mins", "minutes"},
    Abbreviation{"w/", "with"},
    Abbreviation{"w/o", "without"},
    Abbreviation{"c/o", "care of"},
    Abbreviation{"n/a", "not applicable"},
    Abbreviation{"and/or", "and or"},
    Abbreviation{"24/7", "twenty-four seven"},
    Abbreviation{"o'clock", "o'clock"},
    Abbreviation{"asap", "as soon as possible"},
    Abbreviation{"btw", "by the way"},
    Abbreviation{"fyi", "for your information"},
    Abbreviation{"tbd", "to be determined"},
};

// "Elm" in "12 Elm St.": capitalised, and not the sentence's first word.
bool follows_name(const Tokens& tokens, std::size_t at) {
  const bool has_name = at > 0 && tokens.trail(at - 1).empty() &&
                        is_capitalised(tokens.core(at - 1)) && tokens.core(at - 1).size() > 1;
  if (!has_name) return false;
  return at > 1 && (!tokens.begins_sentence(at - 1) || has_digit(tokens.core(at - 2)));
}

bool precedes_name(const Tokens& tokens, std::size_t at) {
  const std::string_view between = tokens.trail(at);
  return (between.empty() || between == ".") && tokens.lead(at + 1).empty() &&
         is_capitalised(tokens.core(at + 1));
}

// "12 Elm Dr. Springfield": a house number stands before the name.
bool is_after_house_number(const Tokens& tokens, std::size_t at) {
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    const std::string_view word = tokens.core(at - back);
    if (back > 1 && all_digits(word)) return true;
    if (!is_capitalised(word) || !tokens.trail(at - back).empty()) return false;
  }
  return false;
}

Phrase said(std::string_view words, Point point) {
  Phrase phrase;
  phrase.say(1, std::string(words), point);
  return phrase;
}

// Doctor or drive, saint or street: what stands around it tells.
Phrase title_or_road(const Tokens& tokens, std::size_t at, std::string_view title,
                     std::string_view road) {
  if (!is_capitalised(tokens.core(at))) return {};
  const bool is_before = precedes_name(tokens, at);
  const bool is_behind = follows_name(tokens, at) || is_after_house_number(tokens, at);
  const bool is_road = is_behind && (!is_before || is_after_house_number(tokens, at));
  if (is_road) return said(road, is_before ? Point::drop : point_behind(tokens, at));
  return is_before ? said(title, Point::drop) : Phrase();
}

bool applies(const Tokens& tokens, std::size_t at, When when) {
  const bool has_point = tokens.trail(at).starts_with('.');
  switch (when) {
    case When::always:
      return true;
    case When::with_point:
      return has_point;
    case When::before_digit: {
      const std::string_view following = tokens.next_past(at, ".");
      return !following.empty() && (is_digit(following.front()) || following.front() == '#');
    }
    case When::before_name:
      return is_capitalised(tokens.core(at)) && precedes_name(tokens, at);
    case When::after_name:
      return is_capitalised(tokens.core(at)) &&
             (follows_name(tokens, at) || is_after_house_number(tokens, at));
  }
  return false;
}

}  // namespace

Point point_behind(const Tokens& tokens, std::size_t at) {
  if (at + 1 >= tokens.size()) return Point::keep;
  const std::string_view following = tokens.core(at + 1);
  if (tokens.trail(at).size() > 1) return Point::keep;
  const bool is_name = !month_name(following).empty() || !weekday_name(following).empty();
  const bool is_sentence = is_capitalised(following) && !is_name && following != "I";
  return is_sentence ? Point::keep : Point::drop;
}

Phrase speak_abbreviation(const Tokens& tokens, std::size_t at) {
  constexpr std::size_t kLengthMax = 8;
  const std::string_view core = tokens.core(at);
  if (core.empty() || core.size() > kLengthMax) return {};
  if (core == "Dr") return title_or_road(tokens, at, "doctor", "drive");
  if (core == "St") return title_or_road(tokens, at, "saint", "street");
  const std::string lower = to_lower_ascii(core);
  // "CA 90210" is a state.
  if (core.size() == 2 && all_upper(core) && core != "NO") return {};
  const auto* const found = std::ranges::find(kAbbreviations, lower, &Abbreviation::written);
  if (found == kAbbreviations.end() || !applies(tokens, at, found->when)) return {};
  const bool leads_on = is_one_of(lower, "e.g eg i.e ie mr mrs ms prof vs v");
  const bool drops = leads_on && at + 1 < tokens.size();
  const bool is_before_name = found->when == When::before_digit || found->when == When::before_name;
  return said(found->spoken, drops || is_before_name ? Point::drop : point_behind(tokens, at));
}

}  // namespace antiphon::speech_text

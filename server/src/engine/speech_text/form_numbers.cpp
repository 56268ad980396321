#include "core/utf8.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_context.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <optional>

namespace antiphon::speech_text {

namespace {

Amount amount_of(const Figure& figure) {
  const bool is_one = figure.fraction.empty() && figure.digits == "1";
  return is_one ? Amount::one : Amount::many;
}

// "22nd", "1,000th"
std::optional<std::string> ordinal_words(std::string_view core) {
  const auto figure = read_figure(core);
  if (!figure || !figure->fraction.empty() || figure->is_negative) return std::nullopt;
  const std::string ending = to_lower_ascii(core.substr(figure->length));
  if (!is_one_of(ending, "st nd rd th")) return std::nullopt;
  return ordinal(figure->digits);
}

// "1990s", "90's"
std::optional<std::string> decade_words(std::string_view core) {
  const std::size_t digits = digits_at(core);
  const std::string_view ending = core.substr(digits);
  const std::string_view number = core.substr(0, digits);
  if (ending != "s" && ending != "'s") return std::nullopt;
  if (digits == 2 && number.back() == '0') return plural(cardinal(number));
  if (digits != 4 || number.back() != '0') return std::nullopt;
  return plural(year_words(number));
}

struct Fraction {
  std::string_view over;
  std::string_view under;
};

std::optional<Fraction> read_fraction(std::string_view core) {
  const std::size_t over = digits_at(core);
  if (over == 0 || over > 3 || over == core.size() || core[over] != '/') return std::nullopt;
  const std::string_view under = core.substr(over + 1);
  if (!all_digits(under) || under.size() > 4 || under.front() == '0') return std::nullopt;
  return Fraction{core.substr(0, over), under};
}

std::string fraction_words(const Fraction& fraction) {
  const auto& [over, under] = fraction;
  if (over == "24" && under == "7") return "twenty-four seven";
  if (over == under) return cardinal(over) + " " + cardinal(under);
  if (is_one_of(under, "10 100")) return cardinal(over) + " out of " + cardinal(under);
  const bool is_common = is_one_of(under, "2 3 4 5 6 7 8 9 12 16 20 32 64");
  if (!is_common || over.size() > 2) return cardinal(over) + " over " + cardinal(under);
  const bool is_one = over == "1";
  const std::string part = under == "2"   ? (is_one ? "half" : "halve")
                           : under == "4" ? "quarter"
                                          : ordinal(under);
  return cardinal(over) + " " + (is_one ? part : plural(part));
}

// "2 1/2": both tokens.
Phrase mixed_number(const Tokens& tokens, std::size_t at) {
  Phrase phrase;
  if (!all_digits(tokens.core(at))) return phrase;
  const std::string_view following = tokens.next(at);
  const auto fraction = read_fraction(following);
  if (!fraction || small_number(fraction->over) >= small_number(fraction->under)) return phrase;
  std::string words = fraction_words(*fraction);
  if (fraction->over == "1") words.replace(0, 3, "a");
  phrase.say(1, cardinal(tokens.core(at)) + " and");
  phrase.say(1, std::move(words));
  return phrase;
}

// The unit behind a figure: what is left of its own core, or the next token.
struct UnitBehind {
  std::string words;
  std::size_t tokens = 0;
};

UnitBehind unit_behind(const Tokens& tokens, std::size_t at, std::string_view rest, Amount amount) {
  if (!rest.empty()) return {unit_name(rest, amount), 0};
  const std::string_view following = tokens.next(at);
  if (following.empty()) return {};
  if (following == "sq") {
    const std::string unit = unit_name(tokens.next_past(at + 1, "."), amount);
    if (!unit.empty()) return {"square " + unit, 2};
  }
  const bool is_inch = following == "in" && is_one_of(tokens.previous(at), "ft feet foot");
  if (is_ambiguous_unit(following) && !is_inch && !is_one_of(following, "min kW")) return {};
  return {unit_name(following, amount), 1};
}

// "9-5", "10-12%", "1999-2004"
std::optional<std::string> range_words(const Tokens& tokens, std::size_t at, std::string_view core,
                                       std::size_t& count) {
  const auto first = read_figure(core);
  if (!first || first->has_plus || first->length >= core.size() || core[first->length] != '-') {
    return std::nullopt;
  }
  const auto second = read_figure(core.substr(first->length + 1));
  if (!second || second->is_negative || second->has_plus) return std::nullopt;
  const std::string_view rest = core.substr(first->length + 1 + second->length);
  const UnitBehind unit = unit_behind(tokens, at, rest, Amount::many);
  if (!rest.empty() && unit.words.empty()) return std::nullopt;
  const auto part = [](const Figure& figure) {
    const bool is_year =
        !figure.is_grouped && figure.fraction.empty() && looks_like_year(figure.digits);
    return is_year ? year_words(figure.digits) : figure_words(figure);
  };
  std::string words = part(*first) + " to " + part(*second);
  if (!unit.words.empty()) {
    (words += ' ') += unit.words;
    count += unit.tokens;
  }
  return words;
}

// "5-star", "30-day", "10-kg"
std::optional<std::string> compound_words(const Figure& figure, std::string_view rest) {
  if (rest.size() < 2 || rest.front() != '-') return std::nullopt;
  const std::string_view word = rest.substr(1);
  const std::string unit = unit_name(word, Amount::one);
  if (!unit.empty()) return figure_words(figure) + " " + unit;
  for (const char letter : word) {
    if (!is_lower(letter) && letter != '-') return std::nullopt;
  }
  return figure_words(figure).append(" ").append(word);
}

// What follows a figure in its own core and is no unit: "k", "x", "+", ":1", "x4", "'10".
std::optional<std::string> with_suffix(const Figure& figure, std::string_view rest) {
  std::string words = figure_words(figure);
  const std::string_view scale = scale_name(rest);
  // "12B" is a room, "4K" a screen.
  const bool is_scale_here =
      !figure.fraction.empty() || (!is_one_of(rest, "B T mil") && figure.digits != "4");
  if (!scale.empty() && is_scale_here) {
    return words.append(" ").append(scale);
  }
  if (rest == "+") return words + " plus";
  if (is_one_of(rest, "x X ×")) return words + " times";
  if (rest.starts_with("x/") && all_lower(rest.substr(2))) {
    return words.append(" times per ").append(rest.substr(2));
  }
  if (rest.starts_with('/') && all_digits(rest.substr(1)) && !figure.fraction.empty()) {
    return words + " out of " + cardinal(rest.substr(1));
  }
  const std::size_t cross = rest.starts_with("×") ? std::string_view("×").size() : 1;
  const std::string_view after = rest.size() > cross ? rest.substr(cross) : std::string_view();
  const bool is_number = all_digits(after) && after.size() <= 6;
  if (!is_number) return compound_words(figure, rest);
  if (rest.front() == 'x' || rest.starts_with("×")) return words + " by " + cardinal(after);
  if (rest.front() == ':') return words + " to " + cardinal(after);
  if (rest.front() == '\'') {
    return words + (figure.digits == "1" ? " foot " : " feet ") + cardinal(after);
  }
  return std::nullopt;
}

std::string plain_words(const Tokens& tokens, std::size_t at, const Figure& figure) {
  const bool is_plain =
      figure.fraction.empty() && !figure.is_grouped && !figure.is_negative && !figure.has_plus;
  if (is_plain && is_name_of_something(tokens, at, figure.digits)) {
    return digit_groups(figure.digits);
  }
  if (is_plain && is_place(tokens, at, figure.digits)) return pair_words(figure.digits);
  if (is_plain && is_year(tokens, at, figure.digits)) return year_words(figure.digits);
  return figure_words(figure);
}

Phrase with_unit(const Tokens& tokens, std::size_t at, const Figure& figure, std::string_view rest,
                 std::string words) {
  Phrase phrase;
  const UnitBehind unit = unit_behind(tokens, at, rest, amount_of(figure));
  if (!unit.words.empty()) {
    const std::size_t last = at + unit.tokens;
    const Point point = unit.tokens == 0 ? Point::keep : point_behind(tokens, last);
    phrase.say(1 + unit.tokens, words + figure_words(figure) + " " + unit.words, point);
  } else if (rest.empty() && is_scale(tokens.next(at))) {
    phrase.say(1, words + figure_words(figure));
  } else if (rest.empty()) {
    phrase.say(1, words + plain_words(tokens, at, figure));
  } else if (const auto suffixed = with_suffix(figure, rest)) {
    phrase.say(1, words + *suffixed);
  }
  return phrase;
}

}  // namespace

Phrase speak_number(const Tokens& tokens, std::size_t at) {
  std::string_view core = tokens.core(at);
  const Qualifier before = qualifier(core);
  core.remove_prefix(before.length);
  std::string words(before.words);
  Phrase phrase;
  if (core.empty()) return phrase;
  if (const auto found = ordinal_words(core)) {
    phrase.say(1, words + *found);
    return phrase;
  }
  if (const auto found = decade_words(core)) {
    phrase.say(1, words + *found);
    return phrase;
  }
  if (const auto fraction = read_fraction(core)) {
    phrase.say(1, words + fraction_words(*fraction));
    return phrase;
  }
  if (before.length == 0) {
    phrase = mixed_number(tokens, at);
    if (!phrase.empty()) return phrase;
  }
  std::size_t count = 1;
  if (auto range = range_words(tokens, at, core, count)) {
    phrase.say(count, words + *range);
    return phrase;
  }
  const auto figure = read_figure(core);
  if (!figure) return phrase;
  return with_unit(tokens, at, *figure, core.substr(figure->length), std::move(words));
}

}  // namespace antiphon::speech_text

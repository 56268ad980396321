#include "engine/speech_text/forms.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/number_words.h"
#include "engine/speech_text/vocabulary.h"

#include <optional>

namespace antiphon::speech_text {

namespace {

bool is_one(const Figure& figure) { return cardinal(figure.digits) == "one"; }

// 3.50 is three dollars and fifty cents; 3.505 is a rate.
std::string with_cents(const Figure& figure, const Currency& currency) {
  std::string cents = figure.fraction;
  if (cents.size() == 1) cents += '0';
  const bool has_cents = cents.size() == 2 && cents != "00" && !currency.cents.empty();
  const bool is_whole = figure.fraction.empty() || cents == "00";
  if (!has_cents && !is_whole) return figure_words(figure).append(" ").append(currency.many);
  const bool is_below_one = figure.digits.empty() || small_number(figure.digits) == 0;
  std::string words = figure.is_negative ? "minus " : figure.has_plus ? "plus " : "";
  const bool is_long = figure.digits.size() > 9;
  if (!has_cents || !is_below_one || is_long) {
    words += figure.digits.empty() ? "zero" : cardinal(figure.digits);
    (words += ' ') += is_one(figure) ? currency.one : currency.many;
  }
  if (!has_cents) return words;
  if (!is_below_one || is_long) words += " and ";
  words += cardinal(cents);
  return words.append(" ").append(cents == "01" ? currency.cent : currency.cents);
}

struct Sum {
  Figure figure;
  std::string_view scale;  // "million"
  std::size_t length = 0;
};

// "1.2M" at the front of `text`.
std::optional<Sum> read_sum(std::string_view text) {
  auto figure = read_figure(text);
  if (!figure) return std::nullopt;
  Sum sum{*figure, {}, figure->length};
  std::size_t end = sum.length;
  while (end < text.size() && is_letter(text[end]))
    ++end;
  const std::string_view scale = scale_name(text.substr(sum.length, end - sum.length));
  if (!scale.empty()) {
    sum.scale = scale;
    sum.length = end;
  }
  return sum;
}

std::string sum_words(const Sum& sum, const Currency& currency) {
  if (sum.scale.empty()) return with_cents(sum.figure, currency);
  return figure_words(sum.figure).append(" ").append(sum.scale).append(" ").append(currency.many);
}

// "/month" behind a price.
std::string per_words(std::string_view rest) {
  if (rest.size() < 2 || rest.front() != '/') return {};
  const std::string_view word = rest.substr(1);
  const std::string unit = unit_name(word, Amount::one);
  if (!unit.empty()) return " per " + unit;
  return all_letters(word) ? std::string(" per ").append(word) : std::string();
}

// The sum behind the sign; `rest` is all of the core behind it, `prefix` what is said before.
Phrase after_sign(const Tokens& tokens, std::size_t at, std::string_view rest,
                  const Currency& currency, std::string prefix) {
  Phrase phrase;
  auto sum = read_sum(rest);
  if (!sum) return phrase;
  rest.remove_prefix(sum->length);
  std::string words = std::move(prefix);
  if (rest.starts_with('-') && rest.size() > 1) {
    rest.remove_prefix(1);
    rest.remove_prefix(currency_sign(rest).length);
    auto last = read_sum(rest);
    if (!last) return phrase;
    rest.remove_prefix(last->length);
    words += figure_words(sum->figure);
    if (!sum->scale.empty() && sum->scale != last->scale) (words += ' ') += sum->scale;
    words += " to ";
    sum = last;
  }
  std::size_t count = 1;
  if (rest.empty() && sum->scale.empty() && is_scale(tokens.next(at))) {
    sum->scale = tokens.next(at);
    count = 2;
  }
  const std::string per = per_words(rest);
  if (!rest.empty() && per.empty() && rest != "+") return phrase;
  words += sum_words(*sum, currency) + per;
  if (rest == "+") words += " plus";
  phrase.say(count, std::move(words));
  return phrase;
}

// "40€", "40 €", "40 USD"
Phrase before_sign(const Tokens& tokens, std::size_t at, std::string_view core,
                   std::string prefix) {
  Phrase phrase;
  const auto sum = read_sum(core);
  if (!sum) return phrase;
  const std::string_view rest = core.substr(sum->length);
  const std::string_view sign = rest.empty() ? tokens.next(at) : rest;
  const CurrencySign found = currency_sign(sign);
  const Currency* currency = found.length == sign.size() ? found.currency : currency_code(sign);
  if (sign.empty() || currency == nullptr) return phrase;
  phrase.say(rest.empty() ? 2 : 1, prefix + sum_words(*sum, *currency));
  return phrase;
}

}  // namespace

Phrase speak_money(const Tokens& tokens, std::size_t at) {
  std::string_view core = tokens.core(at);
  const Qualifier before = qualifier(core);
  std::string prefix(before.words);
  core.remove_prefix(before.length);
  if (const Currency* code = currency_code(core); code != nullptr && before.length == 0) {
    Phrase phrase;
    const auto sum = read_sum(tokens.next(at));
    if (!sum || sum->length != tokens.next(at).size()) return phrase;
    phrase.say(2, sum_words(*sum, *code));
    return phrase;
  }
  const bool has_sign = core.starts_with('-') || core.starts_with('+');
  const CurrencySign sign = currency_sign(core.substr(has_sign ? 1 : 0));
  if (sign.length == 0) return before_sign(tokens, at, core, std::move(prefix));
  if (has_sign) prefix += core.front() == '-' ? "minus " : "plus ";
  core.remove_prefix(sign.length + (has_sign ? 1 : 0));
  return after_sign(tokens, at, core, *sign.currency, std::move(prefix));
}

}  // namespace antiphon::speech_text

#include "engine/speech_text/vocabulary.h"

#include "core/utf8.h"
#include "engine/speech_text/letters.h"

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};

struct Unit {
  std::string_view symbol;
  std::string_view one;
  std::string_view many;
};

constexpr std::array kUnits{
    Unit{"kg", "kilogram", "kilograms"},
    Unit{"g", "gram", "grams"},
    Unit{"mg", "milligram", "milligrams"},
    Unit{"µg", "microgram", "micrograms"},
    Unit{"mcg", "microgram", "micrograms"},
    Unit{"lb", "pound", "pounds"},
    Unit{"lbs", "pound", "pounds"},
    Unit{"oz", "ounce", "ounces"},
    Unit{"km", "kilometer", "kilometers"},
    Unit{"m", "meter", "meters"},
    Unit{"cm", "centimeter", "centimeters"},
    Unit{"mm", "millimeter", "millimeters"},
    Unit{"mi", "mile", "miles"},
    Unit{"yd", "yard", "yards"},
    Unit{"ft", "foot", "feet"},
    Unit{"in", "inch", "inches"},
    Unit{"m²", "square meter", "square meters"},
    Unit{"m2", "square meter", "square meters"},
    Unit{"m³", "cubic meter", "cubic meters"},
    Unit{"km²", "square kilometer", "square kilometers"},
    Unit{"km2", "square kilometer", "square kilometers"},
    Unit{"sqft", "square foot", "square feet"},
    Unit{"l", "liter", "liters"},
    Unit{"L", "liter", "liters"},
    Unit{"ml", "milliliter", "milliliters"},
    Unit{"mL", "milliliter", "milliliters"},
    Unit{"gal", "gallon", "gallons"},
    Unit{"tbsp", "tablespoon", "tablespoons"},
    Unit{"tsp", "teaspoon", "teaspoons"},
    Unit{"mph", "mile per hour", "miles per hour"},
    Unit{"kph", "kilometer per hour", "kilometers per hour"},
    Unit{"mpg", "mile per gallon", "miles per gallon"},
    Unit{"h", "hour", "hours"},
    Unit{"hr", "hour", "hours"},
    Unit{"hrs", "hour", "hours"},
    Unit{"min", "minute", "minutes"},
    Unit{"mins", "minute", "minutes"},
    Unit{"s", "second", "seconds"},
    Unit{"sec", "second", "seconds"},
    Unit{"secs", "second", "seconds"},
    Unit{"ms", "millisecond", "milliseconds"},
    Unit{"mo", "month", "months"},
    Unit{"yr", "year", "years"},
    Unit{"yrs", "year", "years"},
    Unit{"wk", "week", "weeks"},
    Unit{"wks", "week", "weeks"},
    Unit{"°", "degree", "degrees"},
    Unit{"°C", "degree Celsius", "degrees Celsius"},
    Unit{"°F", "degree Fahrenheit", "degrees Fahrenheit"},
    Unit{"ºC", "degree Celsius", "degrees Celsius"},
    Unit{"ºF", "degree Fahrenheit", "degrees Fahrenheit"},
    Unit{"℃", "degree Celsius", "degrees Celsius"},
    Unit{"℉", "degree Fahrenheit", "degrees Fahrenheit"},
    Unit{"KB", "kilobyte", "kilobytes"},
    Unit{"kB", "kilobyte", "kilobytes"},
    Unit{"MB", "megabyte", "megabytes"},
    Unit{"GB", "gigabyte", "gigabytes"},
    Unit{"TB", "terabyte", "terabytes"},
    Unit{"PB", "petabyte", "petabytes"},
    Unit{"kbps", "kilobit per second", "kilobits per second"},
    Unit{"Mbps", "megabit per second", "megabits per second"},
    Unit{"Gbps", "gigabit per second", "gigabits per second"},
    Unit{"Hz", "hertz", "hertz"},
    Unit{"kHz", "kilohertz", "kilohertz"},
    Unit{"MHz", "megahertz", "megahertz"},
    Unit{"GHz", "gigahertz", "gigahertz"},
    Unit{"W", "watt", "watts"},
    Unit{"kW", "kilowatt", "kilowatts"},
    Unit{"MW", "megawatt", "megawatts"},
    Unit{"kWh", "kilowatt hour", "kilowatt hours"},
    Unit{"V", "volt", "volts"},
    Unit{"mAh", "milliampere hour", "milliampere hours"},
    Unit{"cal", "calorie", "calories"},
    Unit{"kcal", "kilocalorie", "kilocalories"},
    Unit{"dB", "decibel", "decibels"},
    Unit{"px", "pixel", "pixels"},
    Unit{"rpm", "revolution per minute", "revolutions per minute"},
    Unit{"psi", "pound per square inch", "pounds per square inch"},
    Unit{"%", "percent", "percent"},
};

constexpr std::string_view kAmbiguousUnits = "in s h g l L m W V mo min cal sec";

constexpr Currency kDollar{"dollar", "dollars", "cent", "cents"};
constexpr Currency kEuro{"euro", "euros", "cent", "cents"};
constexpr Currency kPound{"pound", "pounds", "penny", "pence"};
constexpr Currency kYen{"yen", "yen", "", ""};
constexpr Currency kRupee{"rupee", "rupees", "paisa", "paise"};
constexpr Currency kUsDollar{"US dollar", "US dollars", "cent", "cents"};
constexpr Currency kCanadian{"Canadian dollar", "Canadian dollars", "cent", "cents"};
constexpr Currency kAustralian{"Australian dollar", "Australian dollars", "cent", "cents"};
constexpr Currency kFranc{"Swiss franc", "Swiss francs", "centime", "centimes"};
constexpr Currency kCent{"cent", "cents", "", ""};

struct NamedCurrency {
  std::string_view name;
  const Currency* currency;
};

constexpr std::array<NamedCurrency, 10> kSigns{{{"$", &kDollar},
                                                {"US$", &kDollar},
                                                {"CA$", &kCanadian},
                                                {"C$", &kCanadian},
                                                {"A$", &kAustralian},
                                                {"£", &kPound},
                                                {"€", &kEuro},
                                                {"¥", &kYen},
                                                {"₹", &kRupee},
                                                {"¢", &kCent}}};
constexpr std::array<NamedCurrency, 8> kCodes{{{"USD", &kUsDollar},
                                               {"EUR", &kEuro},
                                               {"GBP", &kPound},
                                               {"JPY", &kYen},
                                               {"INR", &kRupee},
                                               {"CAD", &kCanadian},
                                               {"AUD", &kAustralian},
                                               {"CHF", &kFranc}}};

// Said as words although they are short, or hold no vowel where one would look for it.
constexpr std::string_view kSaid =
    "NASA NATO PIN SIM RAM ROM GIF JPEG UNICEF UNESCO OPEC AIDS FIFA UEFA IKEA SWAT ZIP LASER "
    "RADAR SCUBA COVID FEMA OSHA HIPAA MERS SARS YOLO ASCII CAPTCHA LAN WAN DOS NAFTA NASDAQ "
    "SAT LEGO VISA WIFI MODEM COBRA TED MOMA DARPA SALT SOHO SOAP REST JSON GUI CAD NOAA POTUS "
    "A I";
// Common words that somebody shouts.
constexpr std::string_view kShouted =
    "NOT NEW YES NO AND THE FREE ALL ANY OUT OFF ON OPEN ONLY MUST NOW THIS YOU YOUR FOR BUT ARE "
    "IS TO OF IN AT BE DO GO WE OUR CAN WILL WITH HAVE HAS GET SALE BUY STOP HELP BEST NEVER OR "
    "SO IF AN AS BY HE IT ME MY UP VERY JUST MORE FROM THAT THEN WHEN WHAT HOW WHO WHY LATE LAST "
    "NEXT WAIT DONE LIKE GOOD BAD BIG END DAY HOT OLD TWO ONE SIX TEN TOP CALL NOTE KEEP READ";

constexpr std::string_view kDomains =
    "com org net edu gov io ai app dev co uk us ca au de fr es it nl eu info biz me tv ch at be "
    "se no dk fi pl ie in jp cn br mx nz za store shop online site tech health cloud test example "
    "local";

template <std::size_t Size>
std::string_view full_name(const std::array<std::string_view, Size>& names, std::string_view word,
                           std::string_view longer) {
  if (word.size() < 3 || !is_capitalised(word)) return {};
  for (const std::string_view name : names) {
    if (word == name) return name;
    if (name.starts_with(word) && (word.size() == 3 || is_one_of(word, longer))) return name;
  }
  return {};
}

const Unit* find_unit(std::string_view symbol) {
  const auto* const found = std::ranges::find(kUnits, symbol, &Unit::symbol);
  return found == kUnits.end() ? nullptr : found;
}

}  // namespace

bool is_one_of(std::string_view word, std::string_view space_separated) {
  if (word.empty() || word.contains(' ')) return false;
  for (std::size_t at = space_separated.find(word); at != std::string_view::npos;
       at = space_separated.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || space_separated[at - 1] == ' ';
    if (begins && (end == space_separated.size() || space_separated[end] == ' ')) return true;
  }
  return false;
}

std::string_view month_name(std::string_view word) { return full_name(kMonths, word, "Sept"); }

std::string_view month_of(unsigned number) {
  return number >= 1 && number <= kMonths.size() ? kMonths[number - 1] : std::string_view();
}

std::string_view weekday_name(std::string_view word) {
  return full_name(kWeekdays, word, "Tues Thur Thurs");
}

std::string unit_name(std::string_view symbol, Amount amount) {
  if (const Unit* unit = find_unit(symbol)) {
    return std::string(amount == Amount::one ? unit->one : unit->many);
  }
  const std::size_t slash = symbol.find('/');
  if (slash == std::string_view::npos || slash == 0) return {};
  const Unit* const unit = find_unit(symbol.substr(0, slash));
  const std::string_view divisor = symbol.substr(slash + 1);
  if (unit == nullptr || divisor.empty()) return {};
  const Unit* const each = find_unit(divisor);
  if (each == nullptr && !all_lower(divisor)) return {};
  std::string words(amount == Amount::one ? unit->one : unit->many);
  return words.append(" per ").append(each == nullptr ? divisor : each->one);
}

bool is_ambiguous_unit(std::string_view symbol) { return is_one_of(symbol, kAmbiguousUnits); }

std::string_view scale_name(std::string_view suffix) {
  if (is_one_of(suffix, "k K")) return "thousand";
  if (is_one_of(suffix, "M mn mil")) return "million";
  if (is_one_of(suffix, "B bn")) return "billion";
  if (is_one_of(suffix, "T tn")) return "trillion";
  return {};
}

bool is_scale(std::string_view word) {
  return is_one_of(word, "hundred thousand million billion trillion");
}

CurrencySign currency_sign(std::string_view text) {
  for (const NamedCurrency& sign : kSigns) {
    if (text.starts_with(sign.name)) return {sign.currency, sign.name.size()};
  }
  return {};
}

const Currency* currency_code(std::string_view word) {
  const auto* const found = std::ranges::find(kCodes, word, &NamedCurrency::name);
  return found == kCodes.end() ? nullptr : found->currency;
}

bool is_spelled(std::string_view capitals) {
  if (is_one_of(capitals, kSaid)) return false;
  return capitals.size() <= 4 || !has_vowel(capitals);
}

std::string spelled(std::string_view letters) {
  std::string words;
  for (const char letter : letters) {
    if (!words.empty()) words += ' ';
    words += is_lower(letter) ? static_cast<char>(letter - 32) : letter;
  }
  return words;
}

bool is_shouted_word(std::string_view capitals) { return is_one_of(capitals, kShouted); }

bool is_top_level_domain(std::string_view word) {
  return is_one_of(to_lower_ascii(word), kDomains);
}

}  // namespace antiphon::speech_text

#include "engine/speech_text/number_context.h"

#include "core/utf8.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/vocabulary.h"

namespace antiphon::speech_text {

namespace {

// These name a number by themselves; the others only with "number" or five digits.
constexpr std::string_view kNamesAlways =
    "pin code zip zipcode postcode extension ext passcode password otp number numbers id ending "
    "tracking serial digits no nos";
constexpr std::string_view kNamesLong =
    "order invoice ticket case card account reference ref booking confirmation reservation policy "
    "claim member customer patient flight";
constexpr std::string_view kPlaces =
    "room suite apartment apt unit route highway building gate bus channel interstate";
constexpr std::string_view kRoads =
    "Street St Avenue Ave Road Rd Boulevard Blvd Drive Dr Lane Ln Way Court Ct Place Pl Highway "
    "Hwy Parkway Square Terrace";
constexpr std::size_t kWordsBack = 3;
constexpr std::size_t kDigitsMin = 3;
constexpr std::size_t kDigitsLong = 5;

}  // namespace

bool is_name_of_something(const Tokens& tokens, std::size_t at, std::string_view digits) {
  if (digits.size() < kDigitsMin) return false;
  if (tokens.core(at).starts_with('#')) return true;
  const std::string_view nearest = tokens.previous(at);
  const bool is_flight = at > 1 && to_lower_ascii(tokens.core(at - 2)) == "flight";
  if (is_flight && nearest.size() == 2 && all_upper(nearest)) return true;
  if (digits.size() == 5 && nearest.size() == 2 && all_upper(nearest)) return true;  // CA 90210
  bool is_joined = true;  // only small words stand between
  for (std::size_t back = 1; back <= kWordsBack && back <= at && is_joined; ++back) {
    const std::size_t place = at - back;
    if (tokens.trail(place).find_first_of(".!?;") != std::string_view::npos && back > 1) break;
    const std::string word = to_lower_ascii(tokens.core(place));
    if (is_one_of(word, kNamesAlways)) return true;
    if (is_one_of(word, kNamesLong)) return digits.size() >= kDigitsLong;
    is_joined = is_one_of(word, "is in with was");
  }
  return false;
}

bool is_place(const Tokens& tokens, std::size_t at, std::string_view digits) {
  if (digits.size() < 3 || digits.size() > 4) return false;
  if (is_one_of(to_lower_ascii(tokens.previous(at)), kPlaces)) return true;
  // A house number: one to three names and then a road.
  constexpr std::size_t kNamesMax = 3;
  for (std::size_t ahead = 1; ahead <= kNamesMax + 1; ++ahead) {
    const std::string_view word = tokens.next(at + ahead - 1);
    if (ahead > 1 && is_one_of(word, kRoads)) return true;
    if (!is_capitalised(word)) return false;
  }
  return false;
}

bool looks_like_year(std::string_view digits) {
  return digits.size() == 4 && digits >= "1100" && digits < "2100";
}

bool is_year(const Tokens& tokens, std::size_t at, std::string_view digits) {
  if (!looks_like_year(digits)) return false;
  const std::string before = to_lower_ascii(tokens.previous(at));
  const std::string_view after = tokens.next(at);
  const bool is_expected =
      is_one_of(before,
                "in since by until till of year before during circa early late mid spring "
                "summer autumn fall winter") ||
      !month_name(tokens.previous(at)).empty() || is_one_of(after, "AD BC CE BCE");
  if (is_expected) return true;
  if (digits < "1900") return false;
  // "2000 people", "1950 calories": a plural is counted.
  const bool is_counted = all_lower(after) && after.size() > 3 && after.ends_with('s');
  return !is_counted && !is_one_of(after, "people men women children more") &&
         !is_one_of(before, "about over under than nearly almost around approximately");
}

}  // namespace antiphon::speech_text

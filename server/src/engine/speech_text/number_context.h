// What the words around a number say about it: is it an amount, a year, or the name of something?
#pragma once

#include "engine/speech_text/tokens.h"

#include <cstddef>
#include <string_view>

namespace antiphon::speech_text {

// "PIN 4821", "order number 20431": read digit by digit.
[[nodiscard]] bool is_name_of_something(const Tokens& tokens, std::size_t at,
                                        std::string_view digits);
// "in 1999", but not "1999 people".
[[nodiscard]] bool is_year(const Tokens& tokens, std::size_t at, std::string_view digits);
// "room 214", "1600 Pennsylvania Avenue": read in pairs.
[[nodiscard]] bool is_place(const Tokens& tokens, std::size_t at, std::string_view digits);
// Four digits that could be one.
[[nodiscard]] bool looks_like_year(std::string_view digits);

}  // namespace antiphon::speech_text

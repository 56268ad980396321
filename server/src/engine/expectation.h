// Is the value that the caller was asked for whole? English words and figures.
//
// A strategy of its own: the session asks it for each partial result; Endpointing weighs the
// answer. A number may be spoken in groups with pauses between them ("oh two oh, seven nine four
// six"), an address letter by letter; neither is over before it is whole.
// Thread  any.
#pragma once

#include "domain/turn.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace antiphon {

enum class ValueVerdict : std::uint8_t {
  none,    // nothing is expected, or the words are about something else
  open,    // part of it is still missing
  likely,  // it may be whole, and may go on
  whole,   // nothing can be missing
};

BOOST_DESCRIBE_ENUM(ValueVerdict, none, open, likely, whole)

[[nodiscard]] ValueVerdict judge_value(const TurnExpectation& expected, std::string_view partial);

// A code of letters and figures, spelled: "B seven, A as in apple" is b7a.
[[nodiscard]] std::string code_of(std::span<const std::string> words);

// The digits that the words say, in order: "double five", "oh", "twenty three" (23), "555-0100".
[[nodiscard]] std::string digits_of(std::span<const std::string> words);

}  // namespace antiphon

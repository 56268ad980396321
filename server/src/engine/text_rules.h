// What the words so far say about whether the caller has finished. English.
//
// A strategy of its own: the session asks it for each partial result; Endpointing weighs the
// answer. The rules look at the last words (a conjunction goes on, "please" does not), at the first
// ones (a question with a verb and an object is whole) and at figures and addresses that are being
// dictated. Marks that a recognizer puts at the end are believed only when they are a question's.
// Thread  any.
#pragma once

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string_view>

namespace antiphon {

enum class TextVerdict : std::uint8_t {
  open,       // ends in the middle: "and", "my number is", "uh"
  dictating,  // in the middle of a number, a code or an address, perhaps at its end
  unknown,    // could be either
  closed,     // a whole question, an answer, a thank-you
};

BOOST_DESCRIBE_ENUM(TextVerdict, open, dictating, unknown, closed)

[[nodiscard]] TextVerdict judge_text(std::string_view partial);

}  // namespace antiphon

// What the words so far say about whether the caller has finished. English.
//
// A strategy of its own: the session asks it for each partial result; Endpointing weighs the
// answer.
#pragma once

#include <cstdint>
#include <string_view>

namespace antiphon {

enum class TextVerdict : std::uint8_t {
  open,     // ends in the middle: "and", "my number is", "uh"
  unknown,  // could be either
};

[[nodiscard]] TextVerdict judge_text(std::string_view partial);

}  // namespace antiphon

// What BERT's normalizer needs to know of Unicode: capitals, accents, spaces, punctuation,
// ideographs.
#pragma once

#include <string_view>

namespace antiphon {

// Lower case and without its accent: É → e.
[[nodiscard]] char32_t folded_letter(char32_t letter);
[[nodiscard]] bool is_combining_mark(char32_t letter);
[[nodiscard]] bool is_space(char32_t letter);
[[nodiscard]] bool is_control(char32_t letter);
[[nodiscard]] bool is_punctuation(char32_t letter);
[[nodiscard]] bool is_chinese(char32_t letter);

}  // namespace antiphon

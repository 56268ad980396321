// The rules of English, each for one kind of written thing. A rule looks at the token `at` and the
// ones behind it, and answers with the words for as many of them as it understands; an empty phrase
// when it is not its kind.
//
// Limits  a rule looks at no more than kLookAhead tokens, so that a text costs linear time.
#pragma once

#include "engine/speech_text/phrase.h"
#include "engine/speech_text/tokens.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon::speech_text {

inline constexpr std::size_t kLookAhead = 8;

// jo@example.com, https://example.com/help, 192.168.1.1, v1.2.3, report.pdf
[[nodiscard]] Phrase speak_address(const Tokens& tokens, std::size_t at);
// +1 (555) 010-2000, 555-0100, 4242 4242 4242 4242
[[nodiscard]] Phrase speak_phone(const Tokens& tokens, std::size_t at);
// 2026-11-22, 11/22/2026, Nov 22, 22 Nov 2026, Mon-Fri
[[nodiscard]] Phrase speak_date(const Tokens& tokens, std::size_t at);
// 9:30am, 17:00, 9 a.m., 9:00-17:00
[[nodiscard]] Phrase speak_time(const Tokens& tokens, std::size_t at);
// $3.50, €40-60, $1.2M, 40 USD, $5/month
[[nodiscard]] Phrase speak_money(const Tokens& tokens, std::size_t at);
// 1,234, -5, 3.14, 50%, 22nd, 1/2, 1990s, 5kg, 9-5, about all that begins with a digit
[[nodiscard]] Phrase speak_number(const Tokens& tokens, std::size_t at);
// Dr., e.g., St., No. 5, Chapter IV, Henry VIII
[[nodiscard]] Phrase speak_abbreviation(const Tokens& tokens, std::size_t at);
[[nodiscard]] Phrase speak_roman(const Tokens& tokens, std::size_t at);
// FAQ, PDFs, U.S.
[[nodiscard]] Phrase speak_acronym(const Tokens& tokens, std::size_t at);
// AB-1234, R&D, C++, @jo, #5: whatever holds more than letters. Always an answer of one token.
[[nodiscard]] Phrase speak_symbols(const Tokens& tokens, std::size_t at);

// "about" for ~, "less than" for <; what stands before a number. `length` is 0 when there is none.
struct Qualifier {
  std::size_t length = 0;
  std::string_view words;
};
[[nodiscard]] Qualifier qualifier(std::string_view core);

// Whether the point behind an abbreviation also ends the sentence.
[[nodiscard]] Point point_behind(const Tokens& tokens, std::size_t at);
// "AB-1234" → "A B, one two three four"
[[nodiscard]] std::string code_words(std::string_view code);

}  // namespace antiphon::speech_text

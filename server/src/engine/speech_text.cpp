#include "engine/speech_text.h"

#include "core/utf8.h"
#include "engine/speech_text/clean_text.h"
#include "engine/speech_text/forms.h"
#include "engine/speech_text/phrase.h"
#include "engine/speech_text/pronunciations.h"
#include "engine/speech_text/spoken_writer.h"
#include "engine/speech_text/tokens.h"

#include <array>

namespace antiphon {

namespace {

using namespace speech_text;

using Form = Phrase (*)(const Tokens&, std::size_t);

// The first that understands has the word: what is rarer and stricter comes first.
constexpr std::array<Form, 9> kEnglish{speak_phone,  speak_date,  speak_address,
                                       speak_time,   speak_money, speak_abbreviation,
                                       speak_number, speak_roman, speak_acronym};

Phrase english(const Tokens& tokens, std::size_t at) {
  for (const Form form : kEnglish) {
    Phrase phrase = form(tokens, at);
    if (!phrase.empty()) return phrase;
  }
  return speak_symbols(tokens, at);
}

bool is_english(std::string_view language) {
  const std::string lower = to_lower_ascii(language);
  return lower == "en" || lower.starts_with("en-") || lower.starts_with("en_");
}

}  // namespace

class SpeechText::Rules {
 public:
  Rules(std::string_view language, std::span<const Pronunciation> entries)
      : speaks_english_(is_english(language)), pronunciations_(entries) {}

  [[nodiscard]] SpokenText speak(std::string_view written) const {
    const Tokens tokens(clean_text(written), pronunciations_);
    SpokenWriter out(tokens, written);
    for (std::size_t at = 0; at < tokens.size();)
      at = out.write(at, phrase_at(tokens, at));
    return out.take();
  }

 private:
  [[nodiscard]] Phrase phrase_at(const Tokens& tokens, std::size_t at) const {
    const Token& token = tokens[at];
    Phrase phrase;
    if (token.spoken) {
      phrase.say(1, *token.spoken);
    } else if (token.is_glued) {
      // The rest of a word of the dictionary: "'s".
      phrase.say(1, std::string(tokens.lead(at)).append(tokens.core(at)));
    } else if (!speaks_english_) {
      phrase.say(1, std::string(tokens.core(at)));
    } else {
      return english(tokens, at);
    }
    return phrase;
  }

  bool speaks_english_;
  Pronunciations pronunciations_;
};

SpeechText::SpeechText() : SpeechText("en", {}) {}

SpeechText::SpeechText(std::string_view language, std::span<const Pronunciation> pronunciations)
    : rules_(std::make_shared<const Rules>(language, pronunciations)) {}

SpokenText SpeechText::speak(std::string_view written) const {
  return rules_->speak(utf8_prefix(written, kWrittenMax));
}

}  // namespace antiphon

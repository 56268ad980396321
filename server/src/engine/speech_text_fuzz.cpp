// Any bytes are spoken within the limits, and every piece maps words to words. The first byte
// chooses the language and whether there is a dictionary.
#include "engine/speech_text.h"

#include "core/check.h"
#include "core/utf8.h"
#include "engine/speech_text/piece_rules.h"

#include <array>
#include <cstdint>
#include <string>

using namespace antiphon;

namespace {

Pronunciation entry(std::string written, std::string spoken, bool whole_words) {
  Pronunciation made;
  made.written = *Text<1, 64>::make(std::move(written));
  made.spoken = *Text<1, 128>::make(std::move(spoken));
  made.whole_words = whole_words;
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::array entries{entry("Ng", "ing", true), entry("a", "eh", false),
                                  entry("5", "five of them, and then some more", false),
                                  entry("- ", " ", false)};
  static const SpeechText plain;
  static const SpeechText with_words("en-GB", entries);
  static const SpeechText foreign("de", entries);
  const std::array<const SpeechText*, 3> all{&plain, &with_words, &foreign};
  const SpeechText& rules = *all[data[0] % all.size()];
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string_view written = utf8_prefix(text, SpeechText::kWrittenMax);
  const SpokenText spoken = rules.speak(text);
  CHECK(speech_text::broken_rule(written, spoken).empty(), "pieces map words to words");
  CHECK(is_valid_utf8(spoken.text), "what is spoken is UTF-8 whatever came in");
  return 0;
}

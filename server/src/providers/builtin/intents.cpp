#include "providers/builtin/intents.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace antiphon {

namespace {

using Words = std::vector<std::string_view>;

// Phrases that may stand around a question without being part of it.
constexpr std::array<std::string_view, 40> kFillers{"hello there",
                                                    "hello",
                                                    "hi there",
                                                    "hi",
                                                    "hey",
                                                    "good morning",
                                                    "good afternoon",
                                                    "good evening",
                                                    "thank you very much",
                                                    "thank you so much",
                                                    "thank you",
                                                    "thanks a lot",
                                                    "thanks",
                                                    "okay",
                                                    "ok",
                                                    "all right",
                                                    "alright",
                                                    "great",
                                                    "perfect",
                                                    "good",
                                                    "well",
                                                    "so",
                                                    "um",
                                                    "uh",
                                                    "er",
                                                    "hmm",
                                                    "please",
                                                    "excuse me",
                                                    "sorry",
                                                    "yes",
                                                    "yeah",
                                                    "no",
                                                    "and",
                                                    "but",
                                                    "oh",
                                                    "right",
                                                    "sure",
                                                    "i see",
                                                    "got it",
                                                    "now"};

struct Phrase {
  std::string_view words;
  Intent intent;
};

// Whole remarks, once fillers are gone or while they are all there is. Longer phrases first where
// one holds another.
constexpr std::array kPhrases{
    Phrase{"how are you doing", Intent::how_are_you},
    Phrase{"how are you today", Intent::how_are_you},
    Phrase{"how are you", Intent::how_are_you},
    Phrase{"hows it going", Intent::how_are_you},
    Phrase{"who are you", Intent::identity},
    Phrase{"what are you", Intent::identity},
    Phrase{"whats your name", Intent::identity},
    Phrase{"what is your name", Intent::identity},
    Phrase{"who am i speaking to", Intent::identity},
    Phrase{"who am i talking to", Intent::identity},
    Phrase{"are you a robot", Intent::identity},
    Phrase{"are you a machine", Intent::identity},
    Phrase{"are you a computer", Intent::identity},
    Phrase{"are you a bot", Intent::identity},
    Phrase{"are you an ai", Intent::identity},
    Phrase{"are you human", Intent::identity},
    Phrase{"are you a human", Intent::identity},
    Phrase{"are you a real person", Intent::identity},
    Phrase{"am i talking to a robot", Intent::identity},
    Phrase{"am i speaking to a robot", Intent::identity},
    Phrase{"what can you do", Intent::abilities},
    Phrase{"what can you help me with", Intent::abilities},
    Phrase{"how can you help me", Intent::abilities},
    Phrase{"can you help me", Intent::abilities},
    Phrase{"i have a question", Intent::abilities},
    Phrase{"i need help", Intent::abilities},
    Phrase{"help", Intent::abilities},
    Phrase{"say that again", Intent::repeat},
    Phrase{"say it again", Intent::repeat},
    Phrase{"say again", Intent::repeat},
    Phrase{"repeat that", Intent::repeat},
    Phrase{"repeat it", Intent::repeat},
    Phrase{"repeat", Intent::repeat},
    Phrase{"pardon me", Intent::repeat},
    Phrase{"pardon", Intent::repeat},
    Phrase{"come again", Intent::repeat},
    Phrase{"what did you say", Intent::repeat},
    Phrase{"what was that", Intent::repeat},
    Phrase{"i didnt hear you", Intent::repeat},
    Phrase{"i didnt hear that", Intent::repeat},
    Phrase{"i didnt catch that", Intent::repeat},
    Phrase{"i did not catch that", Intent::repeat},
    Phrase{"i did not hear that", Intent::repeat},
    Phrase{"one moment", Intent::wait},
    Phrase{"just a moment", Intent::wait},
    Phrase{"wait a moment", Intent::wait},
    Phrase{"one second", Intent::wait},
    Phrase{"just a second", Intent::wait},
    Phrase{"hold on", Intent::wait},
    Phrase{"hang on", Intent::wait},
    Phrase{"wait", Intent::wait},
    Phrase{"stop talking", Intent::wait},
    Phrase{"stop it", Intent::wait},
    Phrase{"stop", Intent::wait},
    Phrase{"be quiet", Intent::wait},
    Phrase{"thats enough", Intent::wait},
    Phrase{"nothing else", Intent::refusal},
    Phrase{"no thats all", Intent::goodbye},
    Phrase{"that will be all", Intent::goodbye},
    Phrase{"that would be all", Intent::goodbye},
    Phrase{"thatll be all", Intent::goodbye},
    Phrase{"that is all", Intent::goodbye},
    Phrase{"thats all", Intent::goodbye},
    Phrase{"that was all", Intent::goodbye},
    Phrase{"thats it", Intent::goodbye},
    Phrase{"goodbye", Intent::goodbye},
    Phrase{"good bye", Intent::goodbye},
    Phrase{"bye bye", Intent::goodbye},
    Phrase{"bye", Intent::goodbye},
    Phrase{"see you", Intent::goodbye},
    Phrase{"have a nice day", Intent::goodbye},
    Phrase{"have a good day", Intent::goodbye},
    Phrase{"have a great day", Intent::goodbye},
    Phrase{"hang up", Intent::goodbye},
};

constexpr std::array<std::string_view, 11> kPeople{
    "human", "person", "someone",   "somebody",     "operator", "representative",
    "agent", "staff",  "colleague", "receptionist", "manager"};
constexpr std::array<std::string_view, 9> kReach{"speak", "talk", "connect", "transfer", "through",
                                                 "pass",  "want", "need",    "get"};

// Lower-case words with one space between; apostrophes vanish, so "that's" and "thats" are one.
std::string normalise(std::string_view text) {
  std::string out;
  for (const char character : to_lower_ascii(text)) {
    if (character == '\'') continue;
    const bool letter = (character >= 'a' && character <= 'z') ||
                        (character >= '0' && character <= '9') ||
                        static_cast<unsigned char>(character) >= 0x80;
    if (letter) {
      out += character;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' '))
    out.pop_back();
  return out;
}

bool starts_with_phrase(std::string_view text, std::string_view phrase) {
  return text.starts_with(phrase) && (text.size() == phrase.size() || text[phrase.size()] == ' ');
}

bool ends_with_phrase(std::string_view text, std::string_view phrase) {
  return text.ends_with(phrase) &&
         (text.size() == phrase.size() || text[text.size() - phrase.size() - 1] == ' ');
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

std::string_view strip_fillers(std::string_view text) {
  bool changed = true;
  while (changed && !text.empty()) {
    changed = false;
    for (const std::string_view filler : kFillers) {
      if (starts_with_phrase(text, filler)) {
        text = trim(text.substr(filler.size()));
        changed = true;
      } else if (ends_with_phrase(text, filler)) {
        text = trim(text.substr(0, text.size() - filler.size()));
        changed = true;
      }
    }
  }
  return text;
}

Words words_of(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text = trim(text.substr(end));
  }
  return words;
}

bool has_any(const Words& words, std::span<const std::string_view> wanted) {
  return std::ranges::any_of(words, [wanted](std::string_view word) {
    return std::ranges::find(wanted, word) != wanted.end();
  });
}

bool asks_for_person(std::string_view text) {
  const Words words = words_of(text);
  // Longer remarks are about people, not for one: "which person do I need to ask for a repair of
  // ...".
  return words.size() <= 12 && has_any(words, kPeople) && has_any(words, kReach) &&
         !text.starts_with("who ") && !text.starts_with("when ") && !text.starts_with("how ");
}

bool has_phrase(std::string_view text, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(phrases, [text](std::string_view phrase) {
    return starts_with_phrase(text, phrase) || ends_with_phrase(text, phrase);
  });
}

// Nothing but fillers: which of them says most?
Intent intent_of_fillers(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kGreetings{
      "hello", "hi", "hey", "good morning", "good afternoon", "good evening"};
  static constexpr std::array<std::string_view, 1> kNo{"no"};
  if (text.find("thank") != std::string_view::npos) {
    return has_phrase(text, kNo) ? Intent::goodbye : Intent::thanks;
  }
  if (has_phrase(text, kGreetings)) return Intent::greeting;
  if (has_phrase(text, kNo)) return Intent::refusal;
  return Intent::agreement;
}

// A short remark that holds a fixed phrase and little else.
Intent intent_of_phrases(std::string_view text) {
  for (const Phrase& phrase : kPhrases) {
    if (!starts_with_phrase(text, phrase.words) && !ends_with_phrase(text, phrase.words)) continue;
    const std::size_t words_beyond = words_of(text).size() - words_of(phrase.words).size();
    // "could you repeat that" has two words beyond the phrase; a question has more.
    if (words_beyond <= 2 || phrase.intent == Intent::goodbye) return phrase.intent;
  }
  return Intent::question;
}

}  // namespace

Understanding understand(std::string_view remark) {
  const std::string text = normalise(remark);
  if (text.empty()) return {Intent::nothing, {}};
  const std::string_view rest = strip_fillers(text);
  if (rest.empty()) return {intent_of_fillers(text), {}};
  if (asks_for_person(rest)) return {Intent::person, {}};
  const Intent intent = intent_of_phrases(rest);
  if (intent != Intent::question) return {intent, {}};
  return {Intent::question, std::string(rest)};
}

}  // namespace antiphon

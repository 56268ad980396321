// What a short remark of a caller is for, found by rules: no model, no guess.
//
// Input   what the caller said, as recognized or typed.
// Output  the intent, and what is left of the remark without greetings, thanks and fillers: the
//         question, if any.
// Rule    a remark with a question in it is a question: "thanks, and when do you open?" asks, it
//         does not thank.
// Thread  any; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

enum class Intent : std::uint8_t {
  nothing,      // no words
  question,     // anything to look up
  greeting,     // "hello", "good morning"
  how_are_you,  // "how are you?"
  identity,     // "who are you?", "are you a robot?"
  abilities,    // "what can you do?"
  thanks,       // "thank you very much"
  agreement,    // "okay", "yes", "great"
  refusal,      // "no", "nothing else"
  repeat,       // "could you say that again?"
  wait,         // "one moment, please"
  person,       // "let me speak to a human"
  goodbye,      // "bye", "that's all, thanks"
};

struct Understanding {
  Intent intent = Intent::nothing;
  std::string question;
};

[[nodiscard]] Understanding understand(std::string_view remark);

}  // namespace antiphon

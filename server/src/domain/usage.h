// What conversations use of the providers: what a bill is made from.
//
// The journal carries it as an event of the conversation, of kind kUsageEvent, whose payload is
// {"used":"replies","provider":"openai","model":"…","agent":"…","quantity":1}. Each says what was
// used since the one before it, so the sum over a conversation is what it used. The numbers of
// these events are of their own; (conversation, used, provider, model, number) is counted once,
// however often it is written. They are not among the conversation's other events, and are never
// dropped.
#pragma once

#include "domain/ids.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

inline constexpr std::string_view kUsageEvent = "usage";

enum class UsageKind : std::uint8_t {
  conversation_ms,         // of a spoken conversation, while its session ran
  typed_messages,          // that the agent answered, or began to
  recognized_ms,           // of the caller's sound, given to speech-to-text
  synthesized_characters,  // given to text-to-speech, heard or not: what a vendor counts
  heard_characters,        // of what the agent said: what reached the caller
  replies,                 // asked of the language model, also those that were given up
  input_tokens,            // where the model's provider tells
  output_tokens,
};
BOOST_DESCRIBE_ENUM(UsageKind, conversation_ms, typed_messages, recognized_ms,
                    synthesized_characters, heard_characters, replies, input_tokens, output_tokens)

// Who does the work of one stage: "openai", "gpt-4o-mini".
struct ProviderName {
  std::string name;
  std::string model;
  bool operator==(const ProviderName&) const = default;
};

// What a language model says that one reply cost.
struct TokenUsage {
  std::int64_t input = 0;
  std::int64_t output = 0;
  bool operator==(const TokenUsage&) const = default;
};

}  // namespace antiphon

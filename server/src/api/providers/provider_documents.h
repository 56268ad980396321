// What /api/providers/check reads and writes.
#pragma once

#include "domain/agent.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ProviderCheckInput {
  std::optional<LanguageModelConfiguration> language_model;
  std::optional<RecognizerConfiguration> recognizer;
  std::optional<VoiceConfiguration> voice;
  static constexpr FieldNote kNotes[] = {
      {"", "Parts of an agent's configuration; those that are given are asked."}};
};
BOOST_DESCRIBE_STRUCT(ProviderCheckInput, (), (language_model, recognizer, voice))

struct ProviderFindingOutput {
  std::string part;
  bool works = false;
  std::int64_t took_ms = 0;
  std::string message;
  static constexpr FieldNote kNotes[] = {
      {"part", "language_model, recognizer or voice."},
      {"took_ms", "To its first word, text or sound."},
      {"message", "What it did, or what is wrong and what to do."}};
};
BOOST_DESCRIBE_STRUCT(ProviderFindingOutput, (), (part, works, took_ms, message))

struct ProviderReport {
  std::vector<ProviderFindingOutput> findings;
};
BOOST_DESCRIBE_STRUCT(ProviderReport, (), (findings))

}  // namespace antiphon

// One item of the corpus as one call of our engine, in virtual time.
#pragma once

#include "corpus.h"
#include "domain/agent.h"
#include "providers.h"

#include <memory>
#include <optional>
#include <vector>

namespace antiphon::turns {

// All times from the beginning of the recording, in milliseconds.
struct Outcome {
  std::vector<std::int64_t> committed;
  std::optional<std::int64_t> first_audio;   // providers' time taken off
  std::optional<std::int64_t> agent_silent;  // the sound before a hole of 300 ms or more
  std::optional<std::int64_t> resumed;
  bool answered = false;
  std::size_t guesses = 0;
  std::vector<std::string> events;  // for people: what the engine said, with times
};

struct Rig {
  VoiceActivityDetector& voice_activity;
  ChargedDetector& detector;
  std::vector<Sample> agent;
  std::string agent_text;
};

[[nodiscard]] Outcome place_call(Rig& rig, const Item& item, const std::vector<Sample>& caller,
                                 const AgentConfiguration& configuration);

}  // namespace antiphon::turns

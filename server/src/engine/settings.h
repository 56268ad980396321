// What a session needs of an agent's configuration, in the engine's own units, read once at its
// start.
#pragma once

#include "core/clock.h"
#include "domain/agent.h"
#include "engine/speech_text.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"

#include <string>
#include <vector>

namespace antiphon {

struct TurnTiming {
  TurnProfile profile = TurnProfile::balanced;
  Duration silence_min{std::chrono::milliseconds(200)};
  Duration silence_max{std::chrono::milliseconds(1'500)};
  Duration pause_after{std::chrono::milliseconds(80)};
  Duration stop_after{std::chrono::milliseconds(200)};
  bool interruptible = true;
  bool speculative = true;
};

struct SessionSettings {
  TurnTiming turn;
  std::vector<std::string> backchannels;
  Duration duration_max{std::chrono::seconds(1'800)};
  Duration idle_reminder{std::chrono::seconds(12)};
  int idle_reminders_max = 2;
  SynthesisRequest voice;  // without text
  RecognitionOptions hearing;
  std::string language;
  SpeechText speech_text;
  std::string greeting;  // empty: the caller speaks first
  std::string handover;
  std::string goodbye;
  std::string reminder;
  std::string clarify;
  std::string trouble;  // when the agent itself failed
};

[[nodiscard]] SessionSettings settings_of(WorkspaceId workspace,
                                          const AgentConfiguration& configuration);

}  // namespace antiphon

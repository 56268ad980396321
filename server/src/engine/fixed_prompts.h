// The sentences an agent says word for word, cut into the clauses a session will ask the
// synthesizer for.
//
// Give them to SpeechSynthesizer::prepare() before the first call, and the greeting costs no
// inference.
#pragma once

#include "domain/agent.h"
#include "ports/speech_synthesizer.h"

#include <vector>

namespace antiphon {

[[nodiscard]] std::vector<SynthesisRequest> fixed_prompts(const AgentConfiguration& configuration);

}  // namespace antiphon

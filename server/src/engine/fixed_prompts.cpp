#include "engine/fixed_prompts.h"

#include "engine/clause_splitter.h"
#include "engine/settings.h"

namespace antiphon {

std::vector<SynthesisRequest> fixed_prompts(const AgentConfiguration& configuration) {
  const SessionSettings settings = settings_of(configuration);
  std::vector<SynthesisRequest> prompts;
  for (const std::string* sentence : {&settings.greeting, &settings.reminder, &settings.goodbye,
                                      &settings.clarify, &settings.trouble, &settings.handover}) {
    ClauseSplitter splitter;
    splitter.push(*sentence);
    splitter.finish();
    while (auto clause = splitter.next()) {
      SpokenText spoken = settings.speech_text.speak(*clause);
      if (spoken.text.empty()) continue;
      prompts.push_back({std::move(spoken.text), settings.voice, settings.speed});
    }
  }
  return prompts;
}

}  // namespace antiphon

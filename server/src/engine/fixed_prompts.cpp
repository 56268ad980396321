#include "engine/fixed_prompts.h"

#include "engine/clause_splitter.h"
#include "engine/settings.h"

namespace antiphon {

std::vector<SynthesisRequest> fixed_prompts(const AgentConfiguration& configuration) {
  // Only embedded voices make anything ahead; they look at no account.
  const SessionSettings settings = settings_of({}, configuration);
  std::vector<SynthesisRequest> prompts;
  for (const std::string* sentence : {&settings.greeting, &settings.reminder, &settings.goodbye,
                                      &settings.clarify, &settings.trouble, &settings.handover}) {
    ClauseSplitter splitter;
    splitter.push(*sentence);
    splitter.finish();
    while (auto clause = splitter.next()) {
      SpokenText spoken = settings.speech_text.speak(*clause);
      if (spoken.text.empty()) continue;
      SynthesisRequest prompt = settings.voice;
      prompt.text = std::move(spoken.text);
      prompts.push_back(std::move(prompt));
    }
  }
  return prompts;
}

}  // namespace antiphon

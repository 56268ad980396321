// Speaks the fixed sentences of agents before a caller hears them, so that a greeting costs no
// inference.
//
//   prompts.want(configuration);      // an agent exists, changed, or its call is about to begin
//   prompts.start(synthesizer);       // speech is loaded; what was wanted until then is made now
//
// One configuration at a time, the one wanted last first: its caller may be on the way. The work
// runs behind everything that a call waits for.
// Limits  kWaitingMax configurations wait; beyond that the oldest is forgotten. What the machine is
//         too busy to make is tried kAttempts times.
// Errors  none: a prompt that was not prepared is made when it is said. Failures are logged.
// Thread  the executor it was made for.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/mailbox.h"
#include "core/task_group.h"
#include "domain/agent.h"
#include "ports/speech_synthesizer.h"

#include <deque>
#include <vector>

namespace antiphon {

class PromptPreparer {
 public:
  static constexpr std::size_t kWaitingMax = 64;
  static constexpr int kAttempts = 5;
  static constexpr std::chrono::seconds kRetryPause{2};

  PromptPreparer(Executor executor, Clock& clock, Log& log);

  void want(const AgentConfiguration& configuration);
  // Once.
  void start(SpeechSynthesizer& synthesizer);
  Task<> stop();

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  Task<> work(SpeechSynthesizer& synthesizer);
  Task<> prepare(SpeechSynthesizer& synthesizer, AgentConfiguration configuration);

  Clock& clock_;
  Log& log_;
  std::deque<AgentConfiguration> waiting_;  // the one wanted last at the end
  Mailbox<char> wake_;
  TaskGroup background_;
};

}  // namespace antiphon

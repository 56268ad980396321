#include "app/prompt_preparer.h"

#include "engine/fixed_prompts.h"

#include <algorithm>
#include <utility>

namespace antiphon {

PromptPreparer::PromptPreparer(Executor executor, Clock& clock, Log& log)
    : clock_(clock), log_(log), wake_(executor, 1, WhenFull::refuse), background_(executor) {}

void PromptPreparer::want(const AgentConfiguration& configuration) {
  std::erase(waiting_, configuration);
  waiting_.push_back(configuration);
  if (waiting_.size() > kWaitingMax) waiting_.pop_front();
  wake_.push('\0');
}

void PromptPreparer::start(SpeechSynthesizer& synthesizer) { background_.spawn(work(synthesizer)); }

Task<> PromptPreparer::work(SpeechSynthesizer& synthesizer) {
  while (true) {
    while (!waiting_.empty()) {
      AgentConfiguration configuration = std::move(waiting_.back());
      waiting_.pop_back();
      co_await prepare(synthesizer, std::move(configuration));
      if (co_await is_cancelled()) co_return;
    }
    if (!co_await wake_.receive()) co_return;
  }
}

Task<> PromptPreparer::prepare(SpeechSynthesizer& synthesizer, AgentConfiguration configuration) {
  for (int attempt = 1;; ++attempt) {
    // What is made already is kept, so each attempt goes further than the one before it.
    const auto prepared = co_await synthesizer.prepare(fixed_prompts(configuration));
    if (prepared || prepared.error().code == ErrorCode::cancelled) co_return;
    const bool may_pass = prepared.error().code == ErrorCode::resource_exhausted ||
                          prepared.error().code == ErrorCode::timeout;
    if (!may_pass || attempt == kAttempts) {
      log_.warning("prompts.not_prepared", {{"error", prepared.error()}});
      co_return;
    }
    if (!co_await clock_.sleep_for(kRetryPause)) co_return;
  }
}

Task<> PromptPreparer::stop() {
  background_.cancel();
  co_await background_.join();
}

}  // namespace antiphon

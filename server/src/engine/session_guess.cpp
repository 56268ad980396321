// Answers begun in a pause of the caller: if the pause is the end, the answer is there at once.
//
// The pipeline runs as any other, but the playout is not sent while the caller has the turn, no
// event tells of it, and nothing it asks for happens: its actions are looked at when its last sound
// was heard. A caller who goes on cancels it.
#include "engine/event_kinds.h"
#include "engine/session.h"
#include "engine/words.h"

#include <utility>

namespace antiphon {

bool Session::guessed(std::string_view text) const {
  return guess_ && !guess_->failed && words_of(guess_->text) == words_of(text);
}

void Session::guess() {
  if (!settings_.turn.speculative || state_ != TurnState::hearing || guessed(caller_.text)) return;
  drop_guess();
  sweep();
  const bool only_agrees =
      !rest_.empty() && backchannels_.wording_of(caller_.text) == Wording::backchannel;
  if (only_agrees || words_of(caller_.text).empty()) return;
  services_.metrics.speculations.add();
  ReplyRequest asked = request();
  guess_.emplace();
  guess_->text = caller_.text;
  guess_->pipeline = make_pipeline(asked.generation);
  guess_->pipeline->start(think(std::move(asked), *guess_->pipeline));
}

void Session::take_up_guess() {
  services_.metrics.speculations_used.add();
  session_parts::Guess guess = std::move(*guess_);
  guess_.reset();
  sweep();
  waterfall_.take_over(guess.waterfall);
  agent_ = {};
  agent_.interruptible = settings_.turn.interruptible;
  agent_.pipeline = std::move(guess.pipeline);
  agent_.pipeline->right()->grant();
  agent_.began = services_.clock.now();
  recorder_.event(event_kind::kReplyStarted,
                  TextObject()
                      .add("generation", agent_.pipeline->generation().to_string())
                      .add("prompt", "answer"));
  for (const std::string& clause : guess.clauses)
    on_clause(clause);
  for (const Error& error : guess.synthesis_errors)
    on_synthesis_failed(error);
}

void Session::drop_guess() {
  if (!guess_) return;
  guess_->pipeline->cancel();
  retired_.push_back(std::move(guess_->pipeline));
  guess_.reset();
}

}  // namespace antiphon

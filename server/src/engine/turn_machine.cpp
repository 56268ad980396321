#include "engine/turn_machine.h"

#include "core/check.h"

namespace antiphon {

namespace {

constexpr bool in_conversation(TurnState state) {
  return state != TurnState::closing && state != TurnState::closed;
}

constexpr std::optional<TurnState> when(bool allowed, TurnState next) {
  return allowed ? std::optional(next) : std::nullopt;
}

}  // namespace

std::optional<TurnState> next_state(TurnState state, TurnEvent event) noexcept {
  using enum TurnState;
  switch (event) {
    case TurnEvent::speech_started:
      return when(state == listening, hearing);
    case TurnEvent::speech_rejected:
      return when(state == hearing, listening);
    case TurnEvent::turn_ended:
      return when(state == hearing, thinking);
    case TurnEvent::agent_takes_turn:
      return when(in_conversation(state), thinking);
    case TurnEvent::reply_empty:
      return when(state == thinking, listening);
    case TurnEvent::first_audio:
      return when(state == thinking, speaking);
    case TurnEvent::playout_done:
      return when(state == speaking, listening);
    case TurnEvent::barge_in:
      return when(state == thinking || state == speaking, hearing);
    case TurnEvent::hang_up:
    case TurnEvent::transfer:
    case TurnEvent::failure:
      return when(in_conversation(state), closing);
    case TurnEvent::flushed:
      return when(state == closing, closed);
  }
  return std::nullopt;
}

std::string_view name_of(TurnState state) {
  switch (state) {
    case TurnState::listening:
      return "listening";
    case TurnState::hearing:
      return "hearing";
    case TurnState::thinking:
      return "thinking";
    case TurnState::speaking:
      return "speaking";
    case TurnState::closing:
      return "closing";
    case TurnState::closed:
      return "closed";
  }
  CHECK(false, "every state has a name");
}

std::string_view name_of(TurnEvent event) {
  switch (event) {
    case TurnEvent::speech_started:
      return "speech_started";
    case TurnEvent::speech_rejected:
      return "speech_rejected";
    case TurnEvent::turn_ended:
      return "turn_ended";
    case TurnEvent::agent_takes_turn:
      return "agent_takes_turn";
    case TurnEvent::reply_empty:
      return "reply_empty";
    case TurnEvent::first_audio:
      return "first_audio";
    case TurnEvent::playout_done:
      return "playout_done";
    case TurnEvent::barge_in:
      return "barge_in";
    case TurnEvent::hang_up:
      return "hang_up";
    case TurnEvent::transfer:
      return "transfer";
    case TurnEvent::failure:
      return "failure";
    case TurnEvent::flushed:
      return "flushed";
  }
  CHECK(false, "every event has a name");
}

}  // namespace antiphon

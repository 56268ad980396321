// Whose turn it is. One pure function; the session acts on what it answers.
//
//  listening ─speech_started─▶ hearing ─turn_ended─▶ thinking ─first_audio─▶ speaking
//      ▲                          ▲                     │                      │ │
//      │                          └──── barge_in ───────┴──────────────────────┘ │
//      └───────────────────────────── playout_done ──────────────────────────────┘
//  agent_takes_turn (greeting, reminder, typed text, goodbye): any of the four ─▶ thinking
//  any of the four ─hang_up | transfer | failure─▶ closing ─flushed─▶ closed
//
// A pause of the agent while it decides about a sound of the caller is no state of its own: the
// turn has not changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace antiphon {

enum class TurnState : std::uint8_t { listening, hearing, thinking, speaking, closing, closed };
inline constexpr std::size_t kTurnStates = 6;

enum class TurnEvent : std::uint8_t {
  speech_started,    // confirmed speech of the caller
  speech_rejected,   // it was noise, or the agent's own echo
  turn_ended,        // the caller has finished
  agent_takes_turn,  // the agent has something to say that answers no speech
  reply_empty,       // the reply ended without a sound
  first_audio,       // its first frame left
  playout_done,      // its last frame left
  barge_in,          // the caller took the turn back
  hang_up,
  transfer,
  failure,
  flushed,  // the last words are in the journal
};
inline constexpr std::size_t kTurnEvents = 12;

// The state that follows, or nothing: the event means nothing in this state and is ignored.
[[nodiscard]] std::optional<TurnState> next_state(TurnState state, TurnEvent event) noexcept;

[[nodiscard]] std::string_view name_of(TurnState state);
[[nodiscard]] std::string_view name_of(TurnEvent event);

}  // namespace antiphon

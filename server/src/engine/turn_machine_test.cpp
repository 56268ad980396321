#include "engine/turn_machine.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace antiphon {
namespace {

using enum TurnState;
using Row = std::array<std::optional<TurnState>, kTurnStates>;
constexpr std::nullopt_t none = std::nullopt;

struct Expectation {
  TurnEvent event;
  Row next;  // from listening, hearing, thinking, speaking, closing, closed
};

constexpr std::array<Expectation, kTurnEvents> kTable{{
    {TurnEvent::speech_started, {hearing, none, none, none, none, none}},
    {TurnEvent::speech_rejected, {none, listening, none, none, none, none}},
    {TurnEvent::turn_ended, {none, thinking, none, none, none, none}},
    {TurnEvent::agent_takes_turn, {thinking, thinking, thinking, thinking, none, none}},
    {TurnEvent::reply_empty, {none, none, listening, none, none, none}},
    {TurnEvent::first_audio, {none, none, speaking, none, none, none}},
    {TurnEvent::playout_done, {none, none, none, listening, none, none}},
    {TurnEvent::barge_in, {none, none, hearing, hearing, none, none}},
    {TurnEvent::hang_up, {closing, closing, closing, closing, none, none}},
    {TurnEvent::transfer, {closing, closing, closing, closing, none, none}},
    {TurnEvent::failure, {closing, closing, closing, closing, none, none}},
    {TurnEvent::flushed, {none, none, none, none, closed, none}},
}};

TEST(TurnMachine, AnswersEveryPairOfStateAndEventAsTheTableSays) {
  std::size_t pairs = 0;
  for (std::size_t event = 0; event < kTurnEvents; ++event) {
    ASSERT_EQ(static_cast<std::size_t>(kTable[event].event), event);
    for (std::size_t state = 0; state < kTurnStates; ++state) {
      const auto from = static_cast<TurnState>(state);
      EXPECT_EQ(next_state(from, kTable[event].event), kTable[event].next[state])
          << name_of(from) << " + " << name_of(kTable[event].event);
      ++pairs;
    }
  }
  EXPECT_EQ(pairs, 72U);
}

TEST(TurnMachine, HasNoWayOutOfClosed) {
  for (std::size_t event = 0; event < kTurnEvents; ++event) {
    EXPECT_EQ(next_state(closed, static_cast<TurnEvent>(event)), std::nullopt);
  }
}

}  // namespace
}  // namespace antiphon

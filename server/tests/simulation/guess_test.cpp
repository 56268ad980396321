// Answers begun in a pause of the caller: there at once if the pause was the end, else never there.
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

void be_quiet_at_first(Simulation& call) { call.configuration.greeting = *Text<0, 500>::make(""); }

TEST(Guess, IsSpokenTheMomentTheTurnIsOver) {
  Simulation call{Seed{1}};
  be_quiet_at_first(call);
  call.caller_speaks("when do you open", 1s);
  call.advance(5s);
  const auto messages = call.messages();
  ASSERT_EQ(messages.size(), 2U);
  ASSERT_TRUE(messages[1].latency);
  // Recognizer, model and synthesizer need 350 ms; next to nothing of it comes after the turn.
  EXPECT_LE(*messages[1].latency->first_audio_sent - *messages[1].latency->turn_ended, 150ms);
  EXPECT_EQ(call.model.requests.size(), 1U);
  EXPECT_EQ(call.transcript()[1].heard_by_caller, "I see.");
}

TEST(Guess, IsForgottenWhenTheCallerGoesOn) {
  Simulation call{Seed{2}};
  be_quiet_at_first(call);
  call.turn_detector.probability = 0.1F;
  call.model.replies.push_back({{"Goodbye then!"}, 100ms, 20ms, ReplyAction::end_call});
  call.caller_speaks("my tooth hurts", 1s);
  call.caller_pauses(1'050ms);
  call.caller_speaks("since last week", 1s);
  call.advance(6s);
  EXPECT_FALSE(call.closed());
  EXPECT_EQ(call.heard_words(), "I see.");
  EXPECT_EQ(call.model.requests.size(), 2U);
  EXPECT_EQ(call.count_events(event_kind::kReplyStarted), 1U);
  EXPECT_EQ(call.count_events(event_kind::kReplyText), 1U);
  EXPECT_EQ(call.count_events(event_kind::kReplyInterrupted), 0U);
  const auto lines = call.transcript();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].said, "my tooth hurts since last week");
  call.hang_up();
  call.expect_clean_end();
}

TEST(Guess, SurvivesASoundThatAddsNoWord) {
  Simulation call{Seed{3}};
  be_quiet_at_first(call);
  call.turn_detector.probability = 0.1F;
  call.caller_speaks("my tooth hurts", 1s);
  call.caller_pauses(1'000ms);
  call.caller_coughs(100ms);
  call.advance(6s);
  EXPECT_EQ(call.model.requests.size(), 1U);
  EXPECT_EQ(call.heard_words(), "I see.");
}

TEST(Guess, IsNotMadeForAnAgentThatForbidsIt) {
  Simulation call{Seed{4}};
  be_quiet_at_first(call);
  call.configuration.turn.speculative = false;
  call.turn_detector.probability = 0.1F;
  call.caller_speaks("my tooth hurts", 1s);
  call.caller_pauses(1'050ms);
  call.caller_speaks("since last week", 1s);
  call.advance(6s);
  EXPECT_EQ(call.model.requests.size(), 1U);
  EXPECT_EQ(call.heard_words(), "I see.");
}

TEST(Guess, LeavesNothingBehindWhereverTheCallEnds) {
  for (Duration at = 1'000ms; at < 2'400ms; at += 20ms) {
    Simulation call{Seed{5}};
    be_quiet_at_first(call);
    call.caller_speaks("when do you open", 1s);
    call.advance(at);
    call.hang_up();
    call.advance(500ms);
    const auto lines = call.transcript();
    ASSERT_FALSE(lines.empty()) << at.count();
    EXPECT_EQ(lines[0].said, "when do you open") << at.count();
    call.expect_clean_end();
  }
}

TEST(Guess, IsDroppedForTypedText) {
  Simulation call{Seed{6}};
  be_quiet_at_first(call);
  call.caller_speaks("when do you open", 1s);
  call.advance(1'500ms);
  call.caller_types("never mind");
  call.advance(4s);
  ASSERT_FALSE(call.model.requests.empty());
  EXPECT_EQ(call.model.requests.back().history.back().text, "when do you open never mind");
  EXPECT_EQ(call.heard_words(), "I see.");
}

}  // namespace
}  // namespace antiphon

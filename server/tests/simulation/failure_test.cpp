// Providers that fail, stall or stop half-way: the agent is never silent for ever.
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

constexpr const char* kTrouble =
    "I'm sorry, something went wrong on my side. Could you ask me again?";
constexpr const char* kClarify = "Sorry, I didn't catch that. Could you say it again?";

void be_quiet_at_first(Simulation& call) { call.configuration.greeting = *Text<0, 500>::make(""); }

TEST(Failure, ApologisesWhenTheModelFails) {
  Simulation call{Seed{1}};
  be_quiet_at_first(call);
  // Once in the pause, where nobody noticed, and once more in earnest.
  call.model.replies.push_back({{}, 100ms, 20ms, ReplyAction::none, true});
  call.model.replies.push_back({{}, 100ms, 20ms, ReplyAction::none, true});
  call.caller_speaks("when do you open", 1s);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), kTrouble);
  EXPECT_EQ(call.count_events(event_kind::kError), 1U);
}

TEST(Failure, ApologisesWhenTheModelSaysNothing) {
  Simulation call{Seed{2}};
  be_quiet_at_first(call);
  call.model.replies.push_back({{}});
  call.caller_speaks("when do you open", 1s);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), kTrouble);
}

TEST(Failure, ApologisesAfterEightSecondsOfThinking) {
  Simulation call{Seed{3}};
  be_quiet_at_first(call);
  call.model.replies.push_back({{"Too late."}, 60s});
  call.caller_speaks("when do you open", 1s);
  call.advance(9s);
  EXPECT_EQ(call.transport.frames, 0U);
  call.advance(7s);
  EXPECT_EQ(call.heard_words(), kTrouble);
  EXPECT_EQ(call.model.dropped, 1);
}

TEST(Failure, WaitsForAModelThatIsOnlySlow) {
  Simulation call{Seed{4}};
  be_quiet_at_first(call);
  call.model.replies.push_back({{"At nine."}, 5s});
  call.caller_speaks("when do you open", 1s);
  call.advance(9s);
  EXPECT_EQ(call.heard_words(), "At nine.");
}

TEST(Failure, EndsTheCallWhenTheModelFailsAgainAndAgain) {
  Simulation call{Seed{5}};
  be_quiet_at_first(call);
  call.model.otherwise = {{}, 100ms, 20ms, ReplyAction::none, true};
  for (int turn = 0; turn < 3; ++turn) {
    call.caller_speaks("when do you open", 1s);
    call.advance(8s);
  }
  EXPECT_TRUE(call.advance_until_closed(10s));
  EXPECT_EQ(call.ended()->reason, EndReason::failure);
  EXPECT_EQ(call.ended()->status, ConversationStatus::failed);
  call.expect_clean_end();
}

TEST(Failure, AsksAgainWhenTheRecognizerStalls) {
  Simulation call{Seed{6}};
  be_quiet_at_first(call);
  call.recognizer.stalled = true;
  call.caller_speaks("when do you open", 1200ms);
  call.advance(10s);
  EXPECT_EQ(call.heard_words(), kClarify);
}

TEST(Failure, AnswersThePartialWhenTheFinalNeverComes) {
  Simulation call{Seed{7}};
  be_quiet_at_first(call);
  call.recognizer.final_delay = 60s;
  call.model.replies.push_back({{"At nine."}});
  call.caller_speaks("when do you open", 1200ms);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), "At nine.");
}

TEST(Failure, AsksAgainWhenTheRecognizerFails) {
  Simulation call{Seed{8}};
  be_quiet_at_first(call);
  call.recognizer.failing = true;
  call.caller_speaks("when do you open", 1200ms);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), kClarify);
}

TEST(Failure, GoesOnWithTextWhenTheSynthesizerFailsHalfWay) {
  Simulation call{Seed{9}};
  be_quiet_at_first(call);
  call.synthesizer.clauses_left = 1;
  call.model.replies.push_back({{"We open at nine. ", "We close at five. ", "Every day."}});
  call.caller_speaks("when do you open", 1s);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), "We open at nine.");
  const auto lines = call.transcript();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].said, "We open at nine. We close at five. Every day.");
  EXPECT_EQ(lines[1].heard_by_caller, "We open at nine.");
  EXPECT_EQ(call.count_events(event_kind::kError), 2U);
  EXPECT_FALSE(call.closed());
}

TEST(Failure, KeepsListeningWhenAClauseBreaksOffInTheMiddle) {
  Simulation call{Seed{10}};
  be_quiet_at_first(call);
  call.synthesizer.fail_half_way = true;
  call.model.replies.push_back({{"We open at nine every single day."}});
  call.caller_speaks("when do you open", 1s);
  call.advance(6s);
  call.synthesizer.fail_half_way = false;
  call.model.replies.push_back({{"At five."}});
  call.caller_speaks("when do you close", 1s);
  call.advance(5s);
  EXPECT_TRUE(call.heard_words().ends_with("At five.")) << call.heard_words();
}

TEST(Failure, EndsACallWhoseVoiceNeverComes) {
  Simulation call{Seed{11}};
  be_quiet_at_first(call);
  call.synthesizer.stalled = true;
  call.caller_speaks("when do you open", 1s);
  EXPECT_TRUE(call.advance_until_closed(240s));
  ASSERT_TRUE(call.ended());
  call.expect_clean_end();
}

TEST(Failure, EndsAfterTheLastWordsEvenWhenTheyCannotBeSpoken) {
  Simulation call{Seed{12}};
  be_quiet_at_first(call);
  call.synthesizer.clauses_left = 0;
  call.model.replies.push_back({{"Goodbye!"}, 100ms, 20ms, ReplyAction::end_call});
  call.caller_speaks("that is all", 1s);
  EXPECT_TRUE(call.advance_until_closed(20s));
  EXPECT_EQ(call.ended()->reason, EndReason::agent_said_goodbye);
  call.expect_clean_end();
}

}  // namespace
}  // namespace antiphon

// What a reply may ask of the turn around it: not to be interrupted, another profile, a value.
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

void be_quiet_at_first(Simulation& call) { call.configuration.greeting = *Text<0, 500>::make(""); }

// How long after the caller's last sound the second turn was over.
Milliseconds second_turn_after(const TurnDirective& directive, const std::string& words) {
  Simulation call{Seed{1}};
  be_quiet_at_first(call);
  ScriptedReply asks{{"What is your number?"}};
  asks.directive = directive;
  call.model.replies.push_back(asks);
  call.caller_speaks("when do you open", 1s);
  call.advance(5s);
  call.caller_speaks(words, 2s);
  call.advance(8s);
  const auto messages = call.messages();
  EXPECT_EQ(messages.size(), 4U) << words;
  return messages.size() == 4 && messages[3].latency ? *messages[3].latency->turn_ended
                                                     : Milliseconds(-1);
}

TEST(Directive, MakesTheNextTurnWaitForTheValueAndEndEarlyWithIt) {
  const TurnDirective phone{std::nullopt, {ExpectedValue::phone, 0, 0}};
  const std::string whole = "five five five oh one oh two three four five";
  EXPECT_GT(second_turn_after(phone, "five five five oh one"), 2'000ms);
  EXPECT_LE(second_turn_after(phone, whole), 600ms);
  EXPECT_LE(second_turn_after({}, "five five five oh one"), 1'400ms);
}

TEST(Directive, GivesTheNextTurnAnotherProfile) {
  const auto after = [](TurnProfile profile) {
    return second_turn_after({profile, {}}, "my tooth hurts");
  };
  EXPECT_LT(after(TurnProfile::fast), after(TurnProfile::balanced));
  EXPECT_LT(after(TurnProfile::balanced), after(TurnProfile::patient));
}

TEST(Directive, HoldsForOneTurnOnly) {
  Simulation call{Seed{2}};
  be_quiet_at_first(call);
  ScriptedReply asks{{"What is your number?"}};
  asks.directive.expected.value = ExpectedValue::phone;
  call.model.replies.push_back(asks);
  for (const char* words : {"when do you open", "I have none", "five five five oh one"}) {
    call.caller_speaks(words, 2s);
    call.advance(7s);
  }
  const auto messages = call.messages();
  ASSERT_EQ(messages.size(), 6U);
  EXPECT_LE(messages[5].latency->turn_ended->count(), 1'400);
}

TEST(Directive, LetsNobodyInterruptASentenceThatMustBeHeard) {
  Simulation call{Seed{3}};
  be_quiet_at_first(call);
  ScriptedReply must{{"This call may be recorded for training."}};
  must.interruptible = false;
  call.model.replies.push_back(must);
  call.caller_speaks("when do you open", 1s);
  call.advance(2'200ms);
  ASSERT_EQ(call.outgoing_audio(), Outgoing::speech);
  call.caller_speaks("stop that now please", 1s);
  call.advance(5s);
  EXPECT_EQ(call.count_events(event_kind::kReplyInterrupted), 0U);
  EXPECT_TRUE(call.heard_words().starts_with("This call may be recorded for training."));
}

}  // namespace
}  // namespace antiphon

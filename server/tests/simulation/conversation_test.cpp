// Whole calls: greeting, questions and answers, text, idle callers and limits.
#include "domain/usage.h"
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace antiphon {
namespace {

template <std::size_t Min, std::size_t Max>
void set(Text<Min, Max>& text, const std::string& value) {
  text = *Text<Min, Max>::make(value);
}

TEST(Conversation, BeginsWithTheGreeting) {
  Simulation call{Seed{1}};
  call.agent_says("Welcome to the museum.");
  call.advance(3s);
  EXPECT_EQ(call.heard_words(), "Welcome to the museum.");
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_EQ(call.transcript()[0].heard_by_caller, "Welcome to the museum.");
  EXPECT_FALSE(call.transcript()[0].interrupted);
}

TEST(Conversation, SaysNothingFirstWhenThereIsNoGreeting) {
  Simulation call{Seed{1}};
  set(call.configuration.greeting, "");
  call.start();
  call.advance(3s);
  EXPECT_EQ(call.transport.frames, 0U);
}

TEST(Conversation, AnswersAQuestion) {
  Simulation call{Seed{2}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back({{"We open at nine."}});
  call.caller_speaks("when do you open", 1200ms);
  call.advance(5s);
  EXPECT_EQ(call.heard_words(), "We open at nine.");
  ASSERT_EQ(call.transcript().size(), 2U);
  EXPECT_EQ(call.transcript()[0].speaker, Speaker::caller);
  EXPECT_EQ(call.transcript()[0].said, "when do you open");
  EXPECT_EQ(call.transcript()[1].heard_by_caller, "We open at nine.");
  ASSERT_EQ(call.model.requests.size(), 1U);
  EXPECT_EQ(call.model.requests[0].history.back().text, "when do you open");
}

TEST(Conversation, TellsTheModelWhatWasSaidBefore) {
  Simulation call{Seed{3}};
  set(call.configuration.greeting, "Good morning.");
  call.model.replies.push_back({{"At nine."}});
  call.model.replies.push_back({{"At five."}});
  call.start();
  call.advance(2s);
  call.caller_speaks("when do you open", 1s);
  call.advance(3s);
  call.caller_speaks("and when do you close", 1s);
  call.advance(3s);
  ASSERT_EQ(call.model.requests.size(), 2U);
  const auto& history = call.model.requests[1].history;
  ASSERT_EQ(history.size(), 4U);
  EXPECT_EQ(history[0].text, "Good morning.");
  EXPECT_EQ(history[1].text, "when do you open");
  EXPECT_EQ(history[2].text, "At nine.");
  EXPECT_EQ(history[3].text, "and when do you close");
}

TEST(Conversation, MeasuresTheReplyFromTheCallersLastSound) {
  Simulation call{Seed{4}};
  set(call.configuration.greeting, "");
  call.caller_speaks("hello there", 1s);
  call.advance(4s);
  const auto messages = call.messages();
  ASSERT_EQ(messages.size(), 2U);
  ASSERT_TRUE(messages[1].latency);
  const ReplyLatency latency = *messages[1].latency;
  // A whole greeting, and a detector that is sure: the shortest silence there is.
  EXPECT_GE(latency.turn_ended->count(), 500);
  EXPECT_LE(latency.turn_ended->count(), 560);
  EXPECT_GE(latency.transcript_final->count(), 350);
  EXPECT_LE(latency.transcript_final->count(), 430);
  // Recognizer, model and synthesizer need 350 ms, most of them in the silence.
  EXPECT_LE(latency.first_audio_ready->count(), 620);
  EXPECT_LE(latency.first_audio_sent->count(), 730);
  EXPECT_EQ(call.count_events(event_kind::kReplyLatency), 1U);
}

TEST(Conversation, WaitsOutAnUnfinishedTurnUntilTheSilenceIsLong) {
  Simulation call{Seed{5}};
  set(call.configuration.greeting, "");
  call.turn_detector.probability = 0.1F;
  call.caller_speaks("my number is", 1s);
  call.advance(2300ms);
  EXPECT_EQ(call.count_events(event_kind::kReplyStarted), 0U);
  EXPECT_EQ(call.turn_detector.asked.size(), 3U);
  call.advance(700ms);
  EXPECT_EQ(call.count_events(event_kind::kReplyStarted), 1U);
  EXPECT_EQ(call.model.requests.size(), 1U);
}

TEST(Conversation, HearsAPausedTurnAsOne) {
  Simulation call{Seed{6}};
  set(call.configuration.greeting, "");
  call.turn_detector.probability = 0.1F;
  call.caller_speaks("my number is four two", 1s);
  call.caller_pauses(800ms);
  call.caller_speaks("seven one", 600ms);
  call.advance(6s);
  EXPECT_EQ(call.count_events(event_kind::kReplyStarted), 1U);
  ASSERT_FALSE(call.model.requests.empty());
  const auto& history = call.model.requests.back().history;
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history.back().text, "my number is four two seven one");
}

TEST(Conversation, EndsTheTurnOnSilenceAloneWhenTheDetectorFails) {
  Simulation call{Seed{7}};
  set(call.configuration.greeting, "");
  call.turn_detector.failing = true;
  call.caller_speaks("when do you open", 1s);
  call.advance(5s);
  EXPECT_EQ(call.model.requests.size(), 1U);
}

TEST(Conversation, EndsTheTurnOfACallerWhoseFramesStop) {
  Simulation call{Seed{8}};
  set(call.configuration.greeting, "");
  call.caller_speaks("when do you open", 1s);
  call.advance(1020ms);
  call.caller_mutes(true);
  call.advance(2s);
  EXPECT_EQ(call.model.requests.size(), 1U);
}

TEST(Conversation, TakesNoiseForNoTurn) {
  Simulation call{Seed{9}};
  set(call.configuration.greeting, "");
  call.start();
  call.caller_makes_noise(2s);
  call.advance(1s);
  call.caller_coughs(200ms);
  call.advance(4s);
  EXPECT_EQ(call.model.requests.size(), 0U);
  EXPECT_EQ(call.transcript().size(), 0U);
}

TEST(Conversation, AnswersTypedTextInACall) {
  Simulation call{Seed{10}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back({{"At nine."}});
  call.caller_types("when do you open?");
  call.advance(3s);
  ASSERT_EQ(call.transcript().size(), 2U);
  EXPECT_EQ(call.transcript()[0].said, "when do you open?");
  EXPECT_EQ(call.heard_words(), "At nine.");
}

TEST(Conversation, RemindsAnIdleCallerTwiceAndSaysGoodbye) {
  Simulation call{Seed{11}};
  set(call.configuration.greeting, "");
  call.start();
  EXPECT_TRUE(call.advance_until_closed(60s));
  EXPECT_EQ(call.heard_words(),
            "Are you still there? Are you still there? Thank you for calling. Goodbye!");
  ASSERT_TRUE(call.ended());
  EXPECT_EQ(call.ended()->reason, EndReason::idle);
  call.expect_clean_end();
}

TEST(Conversation, EndsAtItsTimeLimitWithAGoodbye) {
  Simulation call{Seed{12}};
  set(call.configuration.greeting, "");
  call.configuration.limits.duration_max_s = Integer<10, 14'400>{10};
  call.start();
  EXPECT_TRUE(call.advance_until_closed(20s));
  EXPECT_EQ(call.heard_words(), "Thank you for calling. Goodbye!");
  EXPECT_EQ(call.ended()->reason, EndReason::duration_limit);
  call.expect_clean_end();
}

TEST(Conversation, HangsUpOnlyAfterItsLastWordsWereHeard) {
  Simulation call{Seed{13}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back(
      {{"You are welcome. ", "Goodbye then!"}, 100ms, 20ms, ReplyAction::end_call});
  call.caller_speaks("that is all thanks", 1s);
  EXPECT_TRUE(call.advance_until_closed(10s));
  EXPECT_EQ(call.heard_words(), "You are welcome. Goodbye then!");
  EXPECT_EQ(call.ended()->reason, EndReason::agent_said_goodbye);
  call.expect_clean_end();
}

TEST(Conversation, GivesConsecutiveOrdinalsAndSequences) {
  Simulation call{Seed{14}};
  call.agent_says("Good morning.");
  call.advance(2s);
  for (int turn = 0; turn < 3; ++turn) {
    call.caller_speaks("tell me more about it", 1s);
    call.advance(4s);
  }
  std::int32_t ordinal = 0;
  for (const Message& message : call.messages())
    EXPECT_EQ(message.ordinal, ordinal++);
  EXPECT_EQ(ordinal, 7);
  std::int64_t sequence = 0;
  for (const JournalEntry& entry : call.journal.entries) {
    const auto* event = std::get_if<ConversationEvent>(&entry.what);
    if (event == nullptr || event->kind == kUsageEvent) continue;
    EXPECT_EQ(event->sequence, ++sequence);
  }
}

TEST(Conversation, DropsWhatACallerSendsFasterThanTime) {
  Simulation call{Seed{15}};
  set(call.configuration.greeting, "");
  call.start();
  call.caller_speaks("when do you open", 1s);
  call.advance(4s);
  EXPECT_NE(call.metrics.render().find("caller_frames_dropped_total 0"), std::string::npos);
}

}  // namespace
}  // namespace antiphon

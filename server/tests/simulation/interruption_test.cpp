// Callers who talk over the agent, cough, agree, and hang up.
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

constexpr const char* kHours = "Our opening hours are nine to five, Monday to Friday, all year.";

template <std::size_t Min, std::size_t Max>
void set(Text<Min, Max>& text, const std::string& value) {
  text = *Text<Min, Max>::make(value);
}

// The truth, read off the frames that were sent, and the engine's book agree to a word.
void expect_heard_text_is_true(const Simulation& call, const std::string& heard) {
  const std::string truth = call.heard_words();
  const bool close = truth == heard || truth.starts_with(heard) || heard.starts_with(truth);
  EXPECT_TRUE(close) << "heard \"" << heard << "\", sent \"" << truth << '"';
  const auto words = [](const std::string& text) {
    return std::count(text.begin(), text.end(), ' ') + (text.empty() ? 0 : 1);
  };
  EXPECT_LE(std::abs(words(truth) - words(heard)), 1) << truth << " | " << heard;
}

// Advances until the agent is silent; the time it took.
Duration time_to_silence(Simulation& call, Duration limit) {
  Duration waited{0};
  while (call.outgoing_audio() == Outgoing::speech && waited < limit) {
    call.advance(20ms);
    waited += 20ms;
  }
  return waited;
}

TEST(Interruption, StopsTheAgentAndCutsWhatWasHeardAtAWord) {
  Simulation call{Seed{7}};
  call.agent_says(kHours);
  call.advance(900ms);
  call.caller_speaks("wait a moment please", 1200ms);
  EXPECT_LE(time_to_silence(call, 2s), 200ms);
  const std::size_t frames = call.transport.frames;
  call.advance(1s);
  EXPECT_EQ(call.transport.frames, frames);
  const auto lines = call.transcript();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].interrupted);
  EXPECT_TRUE(std::string(kHours).starts_with(lines[0].heard_by_caller));
  EXPECT_EQ(lines[0].heard_by_caller, "Our opening hours");
  expect_heard_text_is_true(call, lines[0].heard_by_caller);
}

TEST(Interruption, LeavesOutWhatTheFarSideHadNotPlayed) {
  Simulation call{Seed{7}};
  call.agent_says(kHours);
  call.advance(900ms);
  call.far_side_holds(500ms);
  call.caller_speaks("wait a moment please", 1200ms);
  call.advance(1s);
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_EQ(call.transcript()[0].heard_by_caller, "Our opening");
}

TEST(Interruption, SaysAgainWhatAPauseThrewAwayUnplayed) {
  const auto frames_in_all = [](Duration held) {
    Simulation call{Seed{7}};
    call.agent_says(kHours);
    call.advance(900ms);
    call.far_side_holds(held);
    call.caller_coughs(120ms);
    call.advance(10s);
    return call.transport.frames;
  };
  // Half a second of sound and the rest of its first word are said again.
  EXPECT_GE(frames_in_all(500ms), frames_in_all(0ms) + 25);
  EXPECT_LE(frames_in_all(500ms), frames_in_all(0ms) + 50);
}

TEST(Interruption, TellsTheModelOnlyWhatWasHeard) {
  Simulation call{Seed{8}};
  call.agent_says(kHours);
  call.advance(900ms);
  call.caller_speaks("wait a moment please", 1200ms);
  call.advance(4s);
  ASSERT_EQ(call.model.requests.size(), 1U);
  const auto& history = call.model.requests[0].history;
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].text, "Our opening hours");
  EXPECT_EQ(history[1].text, "wait a moment please");
}

TEST(Interruption, CutsAtTheSameWordWithWordTimes) {
  Simulation call{Seed{9}};
  call.synthesizer.word_times = true;
  call.agent_says(kHours);
  call.advance(900ms);
  call.caller_speaks("wait a moment please", 1200ms);
  call.advance(1s);
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_EQ(call.transcript()[0].heard_by_caller, "Our opening hours");
  expect_heard_text_is_true(call, call.transcript()[0].heard_by_caller);
}

TEST(Interruption, PausesForACoughAndGoesOnWithinHalfASecond) {
  Simulation call{Seed{10}};
  call.agent_says(kHours);
  call.advance(1300ms);
  call.caller_coughs(120ms);
  const Duration to_silence = time_to_silence(call, 600ms);
  EXPECT_LE(to_silence, 200ms);
  Duration silent{0};
  while (call.outgoing_audio() == Outgoing::silence && silent < 2s) {
    call.advance(20ms);
    silent += 20ms;
  }
  EXPECT_LE(silent, 500ms);
  call.advance(8s);
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_FALSE(call.transcript()[0].interrupted);
  EXPECT_EQ(call.transcript()[0].heard_by_caller, kHours);
  EXPECT_EQ(call.count_events(event_kind::kAgentPaused), 1U);
  EXPECT_EQ(call.count_events(event_kind::kAgentResumed), 1U);
  EXPECT_GE(call.transport.cleared, 1);
}

std::size_t frames_of_greeting(Duration cough) {
  Simulation call{Seed{11}};
  call.synthesizer.word_times = true;
  call.agent_says(kHours);
  call.advance(400ms);
  call.caller_coughs(cough);
  call.advance(10s);
  EXPECT_EQ(call.heard_words(), kHours);
  return call.transport.frames;
}

TEST(Interruption, ResumesAtTheBorderOfAWord) {
  const std::size_t undisturbed = frames_of_greeting(20ms);
  const std::size_t resumed = frames_of_greeting(120ms);
  // "opening" begins after 250 ms and lasts 420: what was said of it is said again, and no more.
  EXPECT_GE(resumed - undisturbed, 10U);
  EXPECT_LE(resumed - undisturbed, 20U);
}

TEST(Interruption, IsNotStoppedByABackchannel) {
  Simulation call{Seed{12}};
  call.agent_says(kHours);
  call.advance(1s);
  call.caller_speaks("uh-huh", 350ms);
  call.advance(9s);
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_FALSE(call.transcript()[0].interrupted);
  EXPECT_EQ(call.model.requests.size(), 0U);
}

TEST(Interruption, ObeysASingleStop) {
  Simulation call{Seed{13}};
  call.agent_says(kHours);
  call.advance(1s);
  call.caller_speaks("stop", 350ms);
  call.advance(1500ms);
  ASSERT_GE(call.transcript().size(), 1U);
  EXPECT_TRUE(call.transcript()[0].interrupted);
  call.advance(3s);
  ASSERT_EQ(call.model.requests.size(), 1U);
  EXPECT_EQ(call.model.requests[0].history.back().text, "stop");
}

TEST(Interruption, SaysTheRestWhenASlowTranscriptShowsABackchannel) {
  Simulation call{Seed{14}};
  call.recognizer.partial_every = 3s;
  call.recognizer.final_delay = 900ms;
  call.agent_says(kHours);
  call.advance(1s);
  call.caller_speaks("yeah okay right yes", 900ms);
  call.advance(14s);
  EXPECT_EQ(call.model.requests.size(), 0U);
  EXPECT_TRUE(call.heard_words().ends_with("Monday to Friday, all year.")) << call.heard_words();
}

TEST(Interruption, LetsTheCallerGoOnWhileTheAgentThinks) {
  Simulation call{Seed{15}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back({{"You will never hear this."}, 3s});
  call.model.replies.push_back({{"Two tickets, noted."}});
  call.caller_speaks("I want to book", 1s);
  call.caller_pauses(900ms);
  call.caller_speaks("two tickets for tomorrow", 1200ms);
  call.advance(8s);
  EXPECT_EQ(call.heard_words(), "Two tickets, noted.");
  const auto lines = call.transcript();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].said, "I want to book two tickets for tomorrow");
  EXPECT_EQ(call.model.dropped, 1);
}

TEST(Interruption, KeepsThinkingThroughACough) {
  Simulation call{Seed{16}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back({{"At nine."}, 1500ms});
  call.caller_speaks("when do you open", 1s);
  call.caller_pauses(900ms);
  call.caller_coughs(120ms);
  call.advance(6s);
  EXPECT_EQ(call.heard_words(), "At nine.");
  EXPECT_EQ(call.model.requests.size(), 1U);
}

TEST(Interruption, NeverStopsAnAgentThatMayNotBeInterrupted) {
  Simulation call{Seed{17}};
  call.configuration.turn.interruptible = false;
  call.agent_says(kHours);
  call.advance(1s);
  call.caller_speaks("stop this please", 1s);
  call.advance(9s);
  ASSERT_GE(call.transcript().size(), 1U);
  EXPECT_FALSE(call.transcript()[0].interrupted);
  EXPECT_EQ(call.heard_words(), kHours);
}

TEST(Interruption, TakesBackAHangUpThatBelongsToACancelledReply) {
  Simulation call{Seed{18}};
  set(call.configuration.greeting, "");
  call.model.replies.push_back({{"Thank you very much for calling us today and goodbye."},
                                100ms,
                                20ms,
                                ReplyAction::end_call});
  call.model.replies.push_back({{"At nine."}});
  call.caller_speaks("thanks that is all", 1s);
  call.advance(3s);
  call.caller_speaks("wait when do you open", 1200ms);
  call.advance(5s);
  EXPECT_FALSE(call.closed());
  ASSERT_GE(call.transcript().size(), 4U);
  EXPECT_EQ(call.transcript()[3].heard_by_caller, "At nine.");
}

TEST(Interruption, EndsCleanlyWhereverTheCallerHangsUp) {
  for (Duration at{0}; at < 9s; at += 20ms) {
    Simulation call{Seed{19}};
    set(call.configuration.greeting, "Good morning.");
    call.model.replies.push_back({{"We open at nine, every day."}});
    call.start();
    call.caller_pauses(2s);
    call.caller_speaks("when do you open", 1s);
    call.caller_pauses(1400ms);
    call.caller_speaks("and when do you close", 1s);
    call.advance(at);
    call.hang_up();
    EXPECT_TRUE(call.advance_until_closed(200ms)) << "at " << at.count();
    call.expect_clean_end();
    EXPECT_EQ(call.transport.finishes, 1);
    ASSERT_TRUE(call.ended());
    EXPECT_EQ(call.ended()->reason, EndReason::caller_hung_up);
    if (HasFailure()) FAIL() << "hung up after " << at / 1ms << " ms";
  }
}

TEST(Interruption, CompletesTheRecordOfALostTransport) {
  Simulation call{Seed{20}};
  call.agent_says(kHours);
  call.advance(1s);
  call.drop_transport();
  call.advance(200ms);
  ASSERT_TRUE(call.ended());
  EXPECT_EQ(call.ended()->reason, EndReason::transport_lost);
  EXPECT_EQ(call.transport.forbidden_frames, 0U);
  ASSERT_EQ(call.transcript().size(), 1U);
  EXPECT_TRUE(call.transcript()[0].interrupted);
}

}  // namespace
}  // namespace antiphon

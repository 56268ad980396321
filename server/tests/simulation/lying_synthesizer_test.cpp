// Synthesizers that send what no voice would: the call goes on, and its record says what was wrong.
#include "engine/event_kinds.h"
#include "testing/manual_clock.h"
#include "testing/run.h"
#include "testing/simulation/simulation.h"
#include "testing/synthesizer_contract.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

using Spoil = std::function<void(SynthesizedChunk&)>;

// One answer by a synthesizer that lies, and one by the same that does so no more.
void ask_twice(Simulation& call, Spoil spoil) {
  call.configuration.greeting = *Text<0, 500>::make("");
  call.synthesizer.spoil = std::move(spoil);
  call.model.replies.push_back({{"We open at nine."}});
  call.caller_speaks("when do you open", 1s);
  call.advance(12s);
  call.synthesizer.spoil = nullptr;
  call.model.replies.push_back({{"At five."}});
  call.caller_speaks("when do you close", 1s);
  call.advance(6s);
}

void expect_recovery(Simulation& call) {
  EXPECT_TRUE(call.heard_words().ends_with("At five.")) << call.heard_words();
  EXPECT_EQ(call.transcript().back().heard_by_caller, "At five.");
  EXPECT_FALSE(call.closed());
}

TEST(ScriptedSynthesizer, KeepsTheContractOfWordTimesUntilItLies) {
  ManualClock clock;
  Lexicon lexicon;
  ScriptedSynthesizer synthesizer(clock, lexicon);
  synthesizer.word_times = true;
  const std::string text = "We open at nine, don't we?";
  const auto stream = synthesizer.synthesize({.text = text});
  boost::asio::io_context loop;
  std::vector<SynthesizedChunk> chunks;
  const auto collect = [&]() -> Task<> {
    while (auto chunk = *co_await stream->next())
      chunks.push_back(std::move(*chunk));
  };
  TaskGroup tasks(loop.get_executor());
  tasks.spawn(collect());
  for (int step = 0; step < 20; ++step) {
    run_until_idle(loop);
    clock.advance(100ms);
  }
  run_until_idle(loop);
  EXPECT_EQ(broken_promise(text, chunks, WordTimes::promised), "");
  ASSERT_FALSE(chunks.empty());
  chunks[0].words[1].starts = 0ms;
  EXPECT_NE(broken_promise(text, chunks, WordTimes::promised), "");
}

TEST(LyingSynthesizer, OfTenMinutesLosesItsClauseAndTheCallGoesOn) {
  Simulation call{Seed{21}};
  ask_twice(call, [](SynthesizedChunk& chunk) { chunk.samples.resize(9'600'000, 4'000); });
  EXPECT_GE(call.count_events(event_kind::kError), 1U);
  expect_recovery(call);
}

TEST(LyingSynthesizer, OfSilenceLosesItsClauseAndTheCallGoesOn) {
  Simulation call{Seed{22}};
  ask_twice(call, [](SynthesizedChunk& chunk) { chunk.samples.assign(7 * 16'000, 0); });
  EXPECT_GE(call.count_events(event_kind::kError), 1U);
  expect_recovery(call);
}

TEST(LyingSynthesizer, OfNothingHoldsNobody) {
  Simulation call{Seed{23}};
  ask_twice(call, [](SynthesizedChunk& chunk) { chunk.samples.clear(); });
  expect_recovery(call);
}

TEST(LyingSynthesizer, OfOddSizesIsHeardToTheEnd) {
  Simulation call{Seed{24}};
  ask_twice(call, [](SynthesizedChunk& chunk) { chunk.samples.pop_back(); });
  EXPECT_TRUE(call.heard_words().starts_with("We open at nine.")) << call.heard_words();
  EXPECT_EQ(call.count_events(event_kind::kError), 0U);
  expect_recovery(call);
}

TEST(LyingSynthesizer, AboutWordTimesNeverInventsWords) {
  Simulation call{Seed{25}};
  call.synthesizer.word_times = true;
  ask_twice(call, [](SynthesizedChunk& chunk) {
    for (WordTime& word : chunk.words) {
      word.starts = 20s - word.starts;
      word.ends = -5s;
      word.end += 100;
    }
  });
  EXPECT_TRUE(call.heard_words().starts_with("We open at nine.")) << call.heard_words();
  EXPECT_EQ(call.transcript()[1].heard_by_caller, "We open at nine.");
  expect_recovery(call);
}

}  // namespace
}  // namespace antiphon

#include "app/prompt_preparer.h"

#include "app/watched_agents.h"
#include "engine/session_host.h"
#include "providers/inference_pool.h"
#include "providers/piper/piper_synthesizer.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"
#include "testing/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

AgentConfiguration greeting(const std::string& text) {
  AgentConfiguration configuration;
  configuration.greeting = *Text<0, 500>::make(text);
  return configuration;
}

class PromptPreparerTest : public testing::Test {
 protected:
  ~PromptPreparerTest() override { run(loop_, prompts_.stop()); }

  // Runs the pool's jobs on this thread until nothing is left to do.
  void settle() {
    run_until_idle(loop_);
    while (pool_.run_one())
      run_until_idle(loop_);
    run_until_idle(loop_);  // what expired woke somebody too
  }
  [[nodiscard]] bool spoken(const std::string& part) const {
    return std::ranges::any_of(spoken_,
                               [&](const std::string& piece) { return piece.contains(part); });
  }

  ManualClock clock_;
  boost::asio::io_context loop_;
  Metrics metrics_;
  Log log_{clock_, 2, LogLevel::error};
  InferencePool pool_{clock_, metrics_, {.threads = 0}};
  std::vector<std::string> spoken_;  // every run of the voice
  PiperSynthesizer synthesizer_{[this](const std::string& piece, double) {
                                  spoken_.push_back(piece);
                                  SynthesizedChunk sound;
                                  sound.samples.assign(8'000, Sample{500});
                                  return Result<SynthesizedChunk>(std::move(sound));
                                },
                                pool_};
  PromptPreparer prompts_{loop_.get_executor(), clock_, log_};
};

TEST_F(PromptPreparerTest, TheGreetingOfTheFirstCallNeedsNoInference) {
  const AgentConfiguration configuration = greeting("Hello there, this is Ann. How can I help?");
  prompts_.want(configuration);
  prompts_.start(synthesizer_);
  settle();
  EXPECT_TRUE(spoken("this is Ann"));
  spoken_.clear();

  SeededRandom random{Seed{1}};
  RecordingJournal journal;
  Lexicon lexicon;
  ScriptedRecognizer recognizer{clock_, lexicon};
  ScriptedTurnDetector turn_detector{clock_};
  ScriptedModel model{clock_};
  ScriptedTransport transport{clock_};
  std::vector<std::size_t> runs;
  EngineSessionHost host({clock_, random, journal, log_, metrics_}, {loop_.get_executor()});
  host.set_language_model(model);
  host.set_speech({&recognizer, &synthesizer_, &turn_detector,
                   [&] { return std::make_unique<ScriptedVoiceActivityDetector>(runs); }});
  settle();
  SessionPlan plan;
  plan.configuration = configuration;
  auto handle = host.start(std::move(plan), transport, host.pick_executor());
  ASSERT_TRUE(handle);
  for (int step = 0; step < 600; ++step) {
    clock_.advance(5ms);
    settle();
  }
  EXPECT_THAT(spoken_, IsEmpty());
  EXPECT_GT(transport.frames, 50U);
  EXPECT_THAT(transport.notices, Contains(testing::HasSubstr(R"("reply.ended")")));
  handle->reset();
  for (int step = 0; step < 20; ++step) {
    clock_.advance(5ms);
    settle();
  }
}

TEST_F(PromptPreparerTest, WhatIsWantedBeforeSpeechIsLoadedIsMadeAfterwardsTheLatestFirst) {
  prompts_.want(greeting("First."));
  prompts_.want(greeting("Second."));
  prompts_.want(greeting("Third."));
  prompts_.want(greeting("First."));
  EXPECT_EQ(prompts_.waiting(), 3U);
  prompts_.start(synthesizer_);
  settle();
  std::vector<std::string> greetings;
  for (const std::string& piece : spoken_) {
    if (piece == "First." || piece == "Second." || piece == "Third.") greetings.push_back(piece);
  }
  EXPECT_THAT(greetings, ElementsAre("First.", "Third.", "Second."));
}

TEST_F(PromptPreparerTest, WhatIsWantedLaterIsMadeThenAndOnce) {
  prompts_.start(synthesizer_);
  settle();
  EXPECT_THAT(spoken_, IsEmpty());
  prompts_.want(greeting("Good morning."));
  settle();
  EXPECT_TRUE(spoken("Good morning."));
  const std::size_t made = spoken_.size();
  prompts_.want(greeting("Good morning."));
  settle();
  EXPECT_EQ(spoken_.size(), made);
}

TEST_F(PromptPreparerTest, ForgetsTheOldestWhenTooManyWait) {
  for (std::size_t count = 0; count < PromptPreparer::kWaitingMax + 10; ++count)
    prompts_.want(greeting("Number " + std::to_string(count) + "."));
  EXPECT_EQ(prompts_.waiting(), PromptPreparer::kWaitingMax);
}

TEST_F(PromptPreparerTest, ACallerIsServedBeforeAPreparation) {
  prompts_.want(greeting("Good morning."));
  prompts_.start(synthesizer_);
  run_until_idle(loop_);
  ASSERT_EQ(pool_.waiting(), 1U);
  const auto stream = synthesizer_.synthesize({.text = "We open at nine."});
  ASSERT_TRUE(pool_.run_one());
  EXPECT_THAT(spoken_, ElementsAre("We open at nine."));
}

TEST_F(PromptPreparerTest, TriesAgainWhenTheMachineIsTooBusy) {
  prompts_.want(greeting("Good morning."));
  prompts_.start(synthesizer_);
  run_until_idle(loop_);
  // Its turn did not come in time.
  clock_.advance(6s);
  settle();
  EXPECT_THAT(spoken_, IsEmpty());
  clock_.advance(2s);
  settle();
  EXPECT_TRUE(spoken("Good morning."));
}

TEST_F(PromptPreparerTest, AnAgentThatIsMadeOrChangedTells) {
  FakeAgents store;
  std::vector<std::string> told;
  WatchedAgents agents(store, [&](const AgentConfiguration& configuration) {
    told.push_back(configuration.greeting.value());
  });
  Agent agent;
  agent.id = AgentId(test_uuid(5));
  agent.workspace = WorkspaceId(test_uuid(1));
  agent.configuration = greeting("One.");
  auto made = run(loop_, agents.create(test_principal(), agent));
  ASSERT_TRUE(made);
  made->configuration = greeting("Two.");
  auto saved = run(loop_, agents.save(test_principal(), *made));
  ASSERT_TRUE(saved);
  EXPECT_FALSE(run(loop_, agents.save(test_principal(), *made)));  // an old revision
  saved->status = AgentStatus::archived;
  ASSERT_TRUE(run(loop_, agents.save(test_principal(), *saved)));
  EXPECT_THAT(told, ElementsAre("One.", "Two."));
}

}  // namespace
}  // namespace antiphon

// Whole calls whose first provider hangs or fails: the caller hears an answer, and soon.
#include "app/provider_chains.h"
#include "providers/routers.h"
#include "testing/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// The agent's configuration names "openai" first, the embedded ones behind it. Behind the first
// name stand the simulation's own providers, which the tests break; behind the second these.
struct Chains {
  Chains(Simulation& call, SpeechStack& stack, LanguageModel*& answering)
      : second_model(call.clock),
        second_voice(call.clock, call.lexicon),
        second_recognizer(call.clock, call.lexicon),
        models({{ModelProvider::openai, answering}, {ModelProvider::builtin, &second_model}}),
        voices({{VoiceProvider::openai, stack.synthesizer}, {VoiceProvider::piper, &second_voice}}),
        recognizers({{RecognizerProvider::openai, stack.recognizer},
                     {RecognizerProvider::moonshine, &second_recognizer}}),
        health(call.clock, metrics),
        chained_models(models, {health, call.clock}),
        chained_voices(voices, {health, call.clock}),
        chained_recognizers(recognizers, {health, call.clock}) {
    answering = &chained_models;
    stack.synthesizer = &chained_voices;
    stack.recognizer = &chained_recognizers;
  }

  static AgentConfiguration configuration() {
    AgentConfiguration agent;
    agent.language_model.provider = ModelProvider::openai;
    agent.voice.provider = VoiceProvider::openai;
    agent.recognizer.provider = RecognizerProvider::openai;
    // The defaults of all three are the embedded providers.
    agent.fallbacks.language_models = *List<LanguageModelConfiguration, 3>::make({{}});
    agent.fallbacks.voices = *List<VoiceConfiguration, 3>::make({{}});
    agent.fallbacks.recognizers = *List<RecognizerConfiguration, 3>::make({{}});
    return agent;
  }

  ScriptedModel second_model;
  ScriptedSynthesizer second_voice;
  ScriptedRecognizer second_recognizer;
  ModelRouter models;
  VoiceRouter voices;
  RecognizerRouter recognizers;
  Metrics metrics;
  HealthBook health;
  ModelChain chained_models;
  VoiceChain chained_voices;
  RecognizerChain chained_recognizers;
};

class FailingProviders : public testing::Test {
 protected:
  FailingProviders()
      : call_(Seed{11},
              {.configuration = Chains::configuration(),
               .arrange = [this](Simulation& call, SpeechStack& stack, LanguageModel*& answering) {
                 chains_ = std::make_unique<Chains>(call, stack, answering);
               }}) {
    call_.model.otherwise = {{"We open at nine."}};
    chains_->second_model.otherwise = {{"We open at nine."}};
    call_.agent_says("Hello.");
    call_.advance(2s);
  }
  // How long the caller waits for sound after the question.
  Duration ask() {
    call_.caller_speaks("when do you open", 1500ms);
    call_.advance(1500ms);
    const Timepoint asked = call_.clock.now();
    while (call_.outgoing_audio() == Outgoing::silence && call_.clock.now() - asked < 20s)
      call_.advance(20ms);
    const Duration waited = call_.clock.now() - asked;
    call_.advance(4s);
    return waited;
  }

  std::unique_ptr<Chains> chains_;
  Simulation call_;
};

TEST_F(FailingProviders, NothingIsDifferentWhileNoneFails) {
  EXPECT_LE(ask(), 1200ms);
  EXPECT_EQ(call_.heard_words(), "Hello. We open at nine.");
  EXPECT_THAT(chains_->second_model.requests, testing::IsEmpty());
  EXPECT_THAT(chains_->second_voice.requested, testing::IsEmpty());
  EXPECT_EQ(chains_->second_recognizer.begun, 0);
}

TEST_F(FailingProviders, AModelThatHangsCostsTheCallerLessThanASecond) {
  const Duration healthy = ask();
  call_.model.otherwise.first_delay = 1h;
  EXPECT_LE(ask() - healthy, 1000ms);
  EXPECT_EQ(call_.heard_words(), "Hello. We open at nine. We open at nine.");
}

TEST_F(FailingProviders, AVoiceThatHangsCostsTheCallerLessThanASecond) {
  const Duration healthy = ask();
  call_.synthesizer.stalled = true;
  EXPECT_LE(ask() - healthy, 1000ms);
  EXPECT_EQ(call_.heard_words(), "Hello. We open at nine. We open at nine.");
}

TEST_F(FailingProviders, AVoiceThatBreaksOffIsGoneOnWithAtAWord) {
  call_.synthesizer.word_times = true;
  chains_->second_voice.word_times = true;
  call_.synthesizer.fail_half_way = true;
  ask();
  EXPECT_THAT(call_.heard_words(), testing::EndsWith("at nine."));
  EXPECT_EQ(call_.transcript().back().heard_by_caller, "We open at nine.");
  ASSERT_THAT(chains_->second_voice.requested, testing::Not(testing::IsEmpty()));
  EXPECT_NE(chains_->second_voice.requested.back(), "We open at nine.") << "not said twice";
}

TEST_F(FailingProviders, ARecognizerThatHangsLosesNoWord) {
  call_.recognizer.stalled = true;
  ask();
  EXPECT_EQ(call_.heard_words(), "Hello. We open at nine.");
  ASSERT_THAT(call_.model.requests, testing::Not(testing::IsEmpty()));
  EXPECT_EQ(call_.model.requests.back().history.back().text, "when do you open");
}

TEST_F(FailingProviders, ARecognizerThatFailsLosesNoWord) {
  call_.recognizer.failing = true;
  ask();
  EXPECT_EQ(call_.model.requests.back().history.back().text, "when do you open");
}

TEST_F(FailingProviders, EverythingFailingAtOnceIsStillAnswered) {
  call_.recognizer.stalled = true;
  call_.synthesizer.stalled = true;
  call_.model.otherwise.first_delay = 1h;
  ask();
  EXPECT_EQ(call_.heard_words(), "Hello. We open at nine.");
}

}  // namespace
}  // namespace antiphon

// Whole calls whose first provider hangs or fails: the caller hears an answer, and soon.
#include "providers/fallback/fallback_model.h"
#include "providers/fallback/fallback_recognizer.h"
#include "providers/fallback/fallback_synthesizer.h"
#include "testing/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// Borrowed: the simulation owns the scripted providers.
template <class T>
std::shared_ptr<T> lent(T& provider) {
  return {std::shared_ptr<void>(), &provider};
}

struct Chains {
  Chains(Simulation& call, SpeechStack& stack, LanguageModel*& answering)
      : models(*this, call),
        voices(*this, call, *stack.synthesizer),
        recognizers(*this, call, *stack.recognizer) {
    answering = &models;
    stack.synthesizer = &voices;
    stack.recognizer = &recognizers;
  }

  struct Models final : LanguageModel {
    Models(Chains& all, Simulation& call) : second(call.clock), call_(call) {
      for (LanguageModel* model :
           {static_cast<LanguageModel*>(&call.model), static_cast<LanguageModel*>(&second)})
        legs.push_back({lent(*model), all.health(call, "llm"), false});
    }
    std::unique_ptr<ReplyStream> reply(ReplyRequest request) override {
      return reply_from(legs, std::move(request), call_.clock);
    }
    ScriptedModel second;
    std::vector<ModelLeg> legs;
    Simulation& call_;
  };
  struct Voices final : SpeechSynthesizer {
    Voices(Chains& all, Simulation& call, SpeechSynthesizer& first)
        : second(call.clock, call.lexicon), call_(call) {
      for (SpeechSynthesizer* voice : {&first, static_cast<SpeechSynthesizer*>(&second)})
        legs.push_back({lent(*voice), all.health(call, "tts"), ""});
    }
    std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override {
      return speak_from(legs, std::move(request), call_.clock);
    }
    Task<Result<>> prepare(std::vector<SynthesisRequest>) override { co_return Result<>{}; }
    ScriptedSynthesizer second;
    std::vector<VoiceLeg> legs;
    Simulation& call_;
  };
  struct Recognizers final : SpeechRecognizer {
    Recognizers(Chains& all, Simulation& call, SpeechRecognizer& first)
        : second(call.clock, call.lexicon), call_(call) {
      for (SpeechRecognizer* recognizer : {&first, static_cast<SpeechRecognizer*>(&second)})
        legs.push_back({lent(*recognizer), all.health(call, "stt"), true});
    }
    std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override {
      return hear_with(legs, std::move(options), call_.clock);
    }
    ScriptedRecognizer second;
    std::vector<HearingLeg> legs;
    Simulation& call_;
  };

  std::shared_ptr<ProviderHealth> health(Simulation& call, const std::string& stage) {
    return std::make_shared<ProviderHealth>("scripted", stage, call.clock, metrics);
  }

  Metrics metrics;
  Models models;
  Voices voices;
  Recognizers recognizers;
};

class FailingProviders : public testing::Test {
 protected:
  FailingProviders()
      : call_(Seed{11},
              {.arrange = [this](Simulation& call, SpeechStack& stack, LanguageModel*& answering) {
                chains_ = std::make_unique<Chains>(call, stack, answering);
              }}) {
    call_.model.otherwise = {{"We open at nine."}};
    chains_->models.second.otherwise = {{"We open at nine."}};
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
  EXPECT_THAT(chains_->models.second.requests, testing::IsEmpty());
  EXPECT_THAT(chains_->voices.second.requested, testing::IsEmpty());
  EXPECT_EQ(chains_->recognizers.second.begun, 0);
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
  chains_->voices.second.word_times = true;
  call_.synthesizer.fail_half_way = true;
  ask();
  EXPECT_THAT(call_.heard_words(), testing::EndsWith("at nine."));
  EXPECT_EQ(call_.transcript().back().heard_by_caller, "We open at nine.");
  ASSERT_THAT(chains_->voices.second.requested, testing::Not(testing::IsEmpty()));
  EXPECT_NE(chains_->voices.second.requested.back(), "We open at nine.") << "not said twice";
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

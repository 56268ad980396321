#include "providers/fallback/fallback_synthesizer.h"

#include "providers/fallback/fallback_fixture_test.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace fallback_test;

using Given = std::optional<SynthesizedChunk>;

Answer<Given> sounds(std::chrono::milliseconds at, std::chrono::milliseconds length,
                     std::vector<WordTime> words = {}) {
  SynthesizedChunk chunk;
  chunk.samples.resize(static_cast<std::size_t>(length.count()) * 16);
  chunk.words = std::move(words);
  return {at, Given(std::move(chunk))};
}
Answer<Given> ends(std::chrono::milliseconds at) { return {at, Given()}; }
Answer<Given> fails(std::chrono::milliseconds at) {
  return {at, failure(ErrorCode::unavailable, "503")};
}

class FakeVoice final : public SpeechSynthesizer {
 public:
  FakeVoice(Clock& clock, Script<Given> script) : clock_(clock), script_(std::move(script)) {}
  std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override {
    requests.push_back(std::move(request));
    return std::make_unique<Stream>(clock_, script_);
  }
  Task<Result<>> prepare(std::vector<SynthesisRequest>) override { co_return Result<>(); }
  std::vector<SynthesisRequest> requests;

 private:
  struct Stream final : SynthesisStream {
    Stream(Clock& clock, Script<Given> script) : answers(clock, std::move(script)) {}
    Task<Result<Given>> next() override { return answers.next(); }
    Answers<Given> answers;
  };
  Clock& clock_;
  Script<Given> script_;
};

class FallbackSynthesizer : public ::testing::Test {
 protected:
  FakeVoice& add(Script<Given> script, std::string voice = "") {
    auto fake = std::make_shared<FakeVoice>(world_.clock, std::move(script));
    legs_.push_back(
        {fake, world_.health("voice " + std::to_string(legs_.size())), std::move(voice)});
    return *fake;
  }
  // What was given; `error_` holds how it failed.
  SynthesizedChunk speak(std::string text = "We open at nine.") {
    auto stream = speak_from(legs_, {.text = std::move(text), .voice = "joe"}, world_.clock);
    SynthesizedChunk all;
    while (true) {
      auto chunk = world_.await(stream->next());
      error_ = !chunk ? "silent for ever" : !*chunk ? chunk->error().message : "";
      if (!error_.empty() || !**chunk) return all;
      if (all.samples.empty()) first_at_ = world_.elapsed();
      const auto& words = (**chunk)->words;
      all.words.insert(all.words.end(), words.begin(), words.end());
      all.samples.insert(all.samples.end(), (**chunk)->samples.begin(), (**chunk)->samples.end());
    }
  }

  World world_;
  std::vector<VoiceLeg> legs_;
  std::string error_;
  std::chrono::milliseconds first_at_{-1};
};

TEST_F(FallbackSynthesizer, TheFirstVoiceSpeaksWhenItAnswersInTime) {
  add({sounds(100ms, 500ms), sounds(200ms, 500ms), ends(210ms)});
  auto& second = add({});
  EXPECT_EQ(speak().samples.size(), 16'000U);
  EXPECT_TRUE(second.requests.empty());
}

TEST_F(FallbackSynthesizer, AVoiceThatHangsIsReplacedAfter800MillisecondsByAMatchedOne) {
  add({});
  auto& second = add({sounds(100ms, 500ms), ends(110ms)}, "nova");
  EXPECT_EQ(speak().samples.size(), 8'000U);
  EXPECT_EQ(first_at_, 900ms);
  EXPECT_EQ(second.requests.at(0).text, "We open at nine.");
  EXPECT_EQ(second.requests.at(0).voice, "nova");
}

TEST_F(FallbackSynthesizer, AVoiceThatIsUsuallyFastIsNotWaitedForLong) {
  add({});
  add({sounds(50ms, 500ms), ends(60ms)});
  for (int i = 0; i < 10; ++i) {
    auto attempt = legs_[0].health->begin();
    world_.clock.advance(150ms);
    attempt.succeeded();
  }
  world_.start = world_.clock.now();
  speak();
  EXPECT_EQ(first_at_, 350ms);
}

TEST_F(FallbackSynthesizer, AVoiceCutInTheMiddleIsResumedBehindTheLastWholeWord) {
  const std::vector<WordTime> words{
      {0, 2, 0ms, 200ms}, {3, 7, 220ms, 480ms}, {8, 10, 490ms, 600ms}};
  add({sounds(100ms, 500ms, words), fails(150ms)});
  auto& second =
      add({sounds(50ms, 700ms, {{0, 2, 10ms, 100ms}, {3, 7, 120ms, 600ms}}), ends(60ms)});
  const SynthesizedChunk all = speak();
  EXPECT_EQ(second.requests.at(0).text, "at nine.");
  EXPECT_EQ(all.samples.size(), 1'200U * 16);
  ASSERT_EQ(all.words.size(), 5U);
  EXPECT_EQ(all.words[3].begin, 8U);
  EXPECT_EQ(all.words[3].starts, 510ms);
  EXPECT_EQ(all.words[4].end, 15U);
  EXPECT_EQ(error_, "");
}

TEST_F(FallbackSynthesizer, TwoCutsInOneClauseAreBothResumed) {
  add({sounds(10ms, 200ms, {{0, 2, 0ms, 200ms}}), fails(20ms)});
  add({sounds(10ms, 260ms, {{0, 4, 0ms, 260ms}}), fails(20ms)});
  auto& third = add({sounds(10ms, 500ms, {{0, 2, 0ms, 100ms}, {3, 7, 110ms, 490ms}}), ends(20ms)});
  const SynthesizedChunk all = speak();
  EXPECT_EQ(third.requests.at(0).text, "at nine.");
  ASSERT_EQ(all.words.size(), 4U);
  EXPECT_EQ(all.words[3].begin, 11U);
  EXPECT_EQ(all.words[3].starts, 570ms);
}

TEST_F(FallbackSynthesizer, AVoiceWithoutWordTimesIsNotJudgedByThoseOfTheOneBefore) {
  add({sounds(10ms, 500ms, {{0, 2, 0ms, 200ms}, {3, 7, 220ms, 480ms}}), fails(20ms)});
  add({sounds(10ms, 65ms * 3), fails(20ms)});
  auto& third = add({sounds(10ms, 500ms), ends(20ms)});
  speak("We open at nine in the morning.");
  EXPECT_EQ(third.requests.at(0).text, "nine in the morning.");
}

TEST_F(FallbackSynthesizer, AVoiceThatBreaksOffAfterItsLastWordHasSpokenTheClause) {
  add({sounds(10ms, 900ms,
              {{0, 2, 0ms, 100ms},
               {3, 7, 110ms, 300ms},
               {8, 10, 310ms, 400ms},
               {11, 15, 410ms, 800ms}}),
       fails(20ms)});
  auto& second = add({sounds(10ms, 100ms)});
  EXPECT_EQ(speak().samples.size(), 900U * 16);
  EXPECT_EQ(error_, "");
  EXPECT_TRUE(second.requests.empty());
}

TEST_F(FallbackSynthesizer, WhenNoVoiceIsLeftTheErrorIsTheLastOne) {
  add({});
  add({fails(10ms)});
  EXPECT_TRUE(speak().samples.empty());
  EXPECT_EQ(error_, "503");
}

TEST(ResumeAt, WithoutWordTimesCountsTheLettersAndGoesBackToABorder) {
  EXPECT_EQ(resume_at("We open at nine.", {}, 0ms), 0U);
  EXPECT_EQ(resume_at("We open at nine.", {}, 65ms), 0U) << "inside the first word";
  EXPECT_EQ(resume_at("We open at nine.", {}, 65ms * 5), 3U);
  EXPECT_EQ(resume_at("We open at nine.", {}, 65ms * 12), 11U);
  EXPECT_EQ(resume_at("We open at nine.", {}, 5s), 16U);
  EXPECT_EQ(resume_at("", {}, 100ms), 0U);
  EXPECT_EQ(resume_at("...", {}, 1ms), 3U) << "nothing to say";
}

}  // namespace
}  // namespace antiphon

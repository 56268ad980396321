#include "providers/fallback/fallback_model.h"

#include "providers/fallback/fallback_fixture_test.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace fallback_test;

using Given = std::optional<ReplyChunk>;

Answer<Given> says(std::chrono::milliseconds at, std::string text) {
  return {at, Given(ReplyChunk{.text = std::move(text)})};
}
Answer<Given> asks_to_end(std::chrono::milliseconds at) {
  return {at, Given(ReplyChunk{.text = "Goodbye.", .action = ReplyAction::end_call})};
}
Answer<Given> ends(std::chrono::milliseconds at) { return {at, Given()}; }
Answer<Given> fails(std::chrono::milliseconds at) {
  return {at, failure(ErrorCode::unavailable, "503")};
}

class FakeModel final : public LanguageModel {
 public:
  FakeModel(Clock& clock, Script<Given> script) : clock_(clock), script_(std::move(script)) {}
  std::unique_ptr<ReplyStream> reply(ReplyRequest request) override {
    requests.push_back(std::move(request));
    return std::make_unique<Stream>(clock_, script_, running);
  }
  std::vector<ReplyRequest> requests;
  int running = 0;

 private:
  class Stream final : public ReplyStream {
   public:
    Stream(Clock& clock, Script<Given> script, int& running)
        : answers_(clock, std::move(script)), running_(running) {
      ++running_;
    }
    ~Stream() override { --running_; }
    Task<Result<Given>> next() override { return answers_.next(); }

   private:
    Answers<Given> answers_;
    int& running_;
  };
  Clock& clock_;
  Script<Given> script_;
};

class FallbackModel : public ::testing::Test {
 protected:
  FakeModel& add(Script<Given> script, bool continues = false) {
    auto model = std::make_shared<FakeModel>(world_.clock, std::move(script));
    legs_.push_back({model, world_.health("model " + std::to_string(legs_.size())), continues});
    return *model;
  }
  void ask() { stream_ = reply_from(legs_, ReplyRequest{.history = {{}}}, world_.clock); }
  // Everything said until the end, with the time of the first and the last words.
  std::string reply() {
    ask();
    std::string said;
    while (true) {
      auto chunk = world_.await(stream_->next());
      if (!chunk) return said + " [silent for ever]";
      if (!*chunk) return said + " [" + (*chunk).error().message + "]";
      if (!**chunk) return said;
      if (said.empty()) first_at_ = world_.elapsed();
      said += (**chunk)->text;
      action_ = (**chunk)->action;
    }
  }

  World world_;
  std::vector<ModelLeg> legs_;
  std::unique_ptr<ReplyStream> stream_;
  std::chrono::milliseconds first_at_{-1};
  ReplyAction action_ = ReplyAction::none;
};

TEST_F(FallbackModel, TheFirstModelSpeaksWhenItAnswersInTime) {
  add({says(200ms, "We open "), says(220ms, "at nine."), ends(230ms)});
  auto& second = add({says(1ms, "never")});
  EXPECT_EQ(reply(), "We open at nine.");
  EXPECT_TRUE(second.requests.empty());
}

TEST_F(FallbackModel, AFailureIsAnsweredByTheNextModelAtOnce) {
  add({fails(50ms)});
  add({says(100ms, "Nine."), ends(110ms)});
  EXPECT_EQ(reply(), "Nine.");
  EXPECT_EQ(first_at_, 150ms);
}

TEST_F(FallbackModel, AModelThatHangsIsOvertakenAfter800MillisecondsAndCancelled) {
  auto& hanging = add({});
  add({says(100ms, "Nine."), ends(110ms)});
  EXPECT_EQ(reply(), "Nine.");
  EXPECT_EQ(first_at_, 900ms);
  EXPECT_EQ(hanging.running, 0);
}

TEST_F(FallbackModel, OfTwoTheFirstToAnswerSpeaksEvenTheSlowOne) {
  add({says(850ms, "First."), ends(860ms)});
  auto& second = add({says(500ms, "Second."), asks_to_end(510ms)});
  EXPECT_EQ(reply(), "First.");
  EXPECT_EQ(second.requests.size(), 1U);
  EXPECT_EQ(second.running, 0) << "what the loser asked for must not happen";
  EXPECT_EQ(action_, ReplyAction::none);
}

TEST_F(FallbackModel, AKnownFastModelIsHedgedEarly) {
  add({});
  add({says(10ms, "Nine."), ends(11ms)});
  for (int i = 0; i < 10; ++i) {
    auto attempt = legs_[0].health->begin();
    world_.clock.advance(350ms);
    attempt.succeeded();
  }
  world_.start = world_.clock.now();
  EXPECT_EQ(reply(), "Nine.");
  EXPECT_EQ(first_at_, 360ms);
}

TEST_F(FallbackModel, AHedgeThatFailsLeavesTheFirstItsTime) {
  add({says(1500ms, "Slow but here."), ends(1600ms)});
  add({fails(100ms)});
  EXPECT_EQ(reply(), "Slow but here.");
}

TEST_F(FallbackModel, WhenTheSlowOneFailsTheHedgeIsWaitedFor) {
  add({fails(900ms)});
  add({says(400ms, "Here."), ends(410ms)});
  EXPECT_EQ(reply(), "Here.");
  EXPECT_EQ(first_at_, 1200ms);
}

TEST_F(FallbackModel, AThirdModelAnswersWhenTwoFailTogether) {
  add({fails(900ms)});
  add({fails(100ms)});
  add({says(50ms, "Third."), ends(60ms)});
  EXPECT_EQ(reply(), "Third.");
  EXPECT_EQ(first_at_, 950ms);
}

TEST_F(FallbackModel, AnEmptyReplyIsAFailure) {
  add({ends(10ms)});
  add({says(10ms, "Something."), ends(11ms)});
  EXPECT_EQ(reply(), "Something.");
}

TEST_F(FallbackModel, NobodyAnsweringEndsAfterSixSeconds) {
  auto& one = add({});
  auto& two = add({});
  EXPECT_EQ(reply(), " [no language model answered within 6 s]");
  EXPECT_EQ(world_.elapsed(), 6s);
  EXPECT_EQ(one.running + two.running, 0);
}

TEST_F(FallbackModel, AReplyCutInTheMiddleGoesOnInAModelThatCan) {
  add({says(100ms, "We open at "), fails(150ms)});
  auto& other = add({says(10ms, "never")});
  auto& third = add({says(100ms, "nine."), ends(110ms)}, true);
  EXPECT_EQ(reply(), "We open at nine.");
  EXPECT_TRUE(other.requests.empty());
  EXPECT_EQ(third.requests.at(0).begun, "We open at ");
}

TEST_F(FallbackModel, AReplyCutInTheMiddleIsSaidAgainByAModelThatCannotGoOn) {
  add({says(100ms, "We open at ")});  // and then nothing
  auto& second = add({says(100ms, "We open at nine."), ends(110ms)});
  EXPECT_EQ(reply(), "We open at We open at nine.");
  EXPECT_EQ(second.requests.at(0).begun, "");
  EXPECT_EQ(world_.elapsed(), 2210ms);
}

TEST_F(FallbackModel, AReplyCutAfterASentenceEndsThere) {
  add({says(100ms, "We open at nine."), fails(150ms)});
  auto& second = add({says(100ms, "never")}, true);
  EXPECT_EQ(reply(), "We open at nine.");
  EXPECT_TRUE(second.requests.empty());
}

TEST_F(FallbackModel, ABrokenModelIsLeftAloneAndAskedAgainLater) {
  auto& broken = add({fails(1ms)});
  add({says(10ms, "Here."), ends(11ms)});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(reply(), "Here.");
  EXPECT_EQ(broken.requests.size(), 3U);
  world_.clock.advance(5s);
  EXPECT_EQ(reply(), "Here.");
  EXPECT_EQ(broken.requests.size(), 4U) << "the probe";
}

TEST_F(FallbackModel, ALoneModelIsAskedEvenWhileItsCircuitIsOpen) {
  auto& only = add({fails(1ms)});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(reply(), " [503]");
  EXPECT_EQ(only.requests.size(), 5U);
}

TEST_F(FallbackModel, DestroyingTheReplyCancelsBothRequests) {
  auto& one = add({});
  auto& two = add({});
  ask();
  TaskGroup group(world_.loop.get_executor());
  std::optional<Result<Given>> outcome;
  group.spawn(detail::store_result(stream_->next(), outcome));
  run_until_idle(world_.loop);
  world_.clock.advance(801ms);
  run_until_idle(world_.loop);
  EXPECT_EQ(one.running + two.running, 2);
  group.cancel();
  run_until_idle(world_.loop);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
  stream_.reset();
  EXPECT_EQ(one.running + two.running, 0);
  EXPECT_EQ(legs_[0].health->state(), ProviderHealth::State::closed);
}

}  // namespace
}  // namespace antiphon

#include "engine/session_host.h"

#include "engine/fixed_prompts.h"
#include "testing/run.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace antiphon {
namespace {

class SessionHostTest : public testing::Test {
 protected:
  SessionHostTest() {
    plan_.conversation.id = ConversationId(*Uuid::parse("00000000-0000-4000-8000-0000000000c1"));
    plan_.conversation.started_at = clock_.wall();
  }
  void load() {
    host_.set_language_model(model_);
    host_.set_speech({&recognizer_, &synthesizer_, &turn_detector_,
                      [this] { return std::make_unique<ScriptedVoiceActivityDetector>(runs_); }});
    run_until_idle(loop_);
  }
  void advance(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 5ms) {
      clock_.advance(5ms);
      run_until_idle(loop_);
    }
  }
  std::vector<Message> messages() const {
    std::vector<Message> found;
    for (const JournalEntry& entry : journal_.entries) {
      if (const auto* message = std::get_if<Message>(&entry.what)) found.push_back(*message);
    }
    return found;
  }

  ManualClock clock_;
  boost::asio::io_context loop_;
  SeededRandom random_{Seed{1}};
  RecordingJournal journal_;
  Metrics metrics_;
  Log log_{clock_, 2, LogLevel::error};
  Lexicon lexicon_;
  ScriptedRecognizer recognizer_{clock_, lexicon_};
  ScriptedSynthesizer synthesizer_{clock_, lexicon_};
  ScriptedTurnDetector turn_detector_{clock_};
  ScriptedModel model_{clock_};
  ScriptedTransport transport_{clock_};
  std::vector<std::size_t> runs_;
  SessionPlan plan_;
  EngineSessionHost host_{{clock_, random_, journal_, log_, metrics_}, {loop_.get_executor()}};
};

TEST_F(SessionHostTest, RefusesACallAboveTheNumberItWasGiven) {
  EngineSessionHost host{{.clock = clock_,
                          .random = random_,
                          .journal = journal_,
                          .log = log_,
                          .metrics = metrics_,
                          .calls_max = 1},
                         {loop_.get_executor()}};
  host.set_language_model(model_);
  host.set_speech({&recognizer_, &synthesizer_, &turn_detector_,
                   [this] { return std::make_unique<ScriptedVoiceActivityDetector>(runs_); }});
  run_until_idle(loop_);
  ASSERT_TRUE(host.room());
  auto first = host.start(plan_, transport_, host.pick_executor());
  ASSERT_TRUE(first);
  EXPECT_EQ(host.room().error().code, ErrorCode::unavailable);
  ScriptedTransport other{clock_};
  plan_.conversation.id = ConversationId(*Uuid::parse("00000000-0000-4000-8000-0000000000c2"));
  EXPECT_EQ(host.start(plan_, other, host.pick_executor()).error().code, ErrorCode::unavailable);
  EXPECT_NE(metrics_.render().find("session_refused_total 2"), std::string::npos);
  (*first)->hang_up(EndReason::caller_hung_up);
  advance(2s);
  EXPECT_TRUE(host.room()) << "room again once the call has gone";
}

TEST_F(SessionHostTest, RefusesACallWhileTheModelsHaveEnoughToDo) {
  bool free = true;
  host_.set_language_model(model_);
  host_.set_speech({&recognizer_, &synthesizer_, &turn_detector_,
                    [this] { return std::make_unique<ScriptedVoiceActivityDetector>(runs_); },
                    [&free](std::size_t calls) { return calls == 0 || free; }});
  run_until_idle(loop_);
  auto first = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_TRUE(first);
  EXPECT_TRUE(host_.room());
  free = false;
  EXPECT_EQ(host_.room().error().code, ErrorCode::unavailable);
  EXPECT_EQ(host_.active_count(), 1U) << "the running call stays";
  (*first)->hang_up(EndReason::caller_hung_up);
  advance(2s);
}

TEST_F(SessionHostTest, RefusesACallWhileSpeechIsLoading) {
  const auto handle = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_FALSE(handle);
  EXPECT_EQ(handle.error().code, ErrorCode::unavailable);
}

TEST_F(SessionHostTest, LetsACallerWaitUntilSpeechIsReady) {
  std::optional<Result<>> early;
  std::optional<Result<>> late;
  TaskGroup group(loop_.get_executor());
  const auto wait = [](EngineSessionHost& host, Timepoint deadline,
                       std::optional<Result<>>& outcome) -> Task<> {
    outcome.emplace(co_await host.ready(deadline));
  };
  group.spawn(wait(host_, clock_.now() + 100ms, early));
  group.spawn(wait(host_, clock_.now() + 10s, late));
  advance(200ms);
  ASSERT_TRUE(early);
  EXPECT_FALSE(*early);
  EXPECT_FALSE(late);
  load();
  advance(100ms);
  ASSERT_TRUE(late);
  EXPECT_TRUE(*late);
}

TEST_F(SessionHostTest, RefusesASecondCallOfOneConversation) {
  load();
  auto first = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_TRUE(first);
  const auto second = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::already_exists);
  first->reset();
  advance(1s);
  EXPECT_EQ(host_.active_count(), 0U);
}

TEST_F(SessionHostTest, EndsACallFromOutside) {
  load();
  const auto handle = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_TRUE(handle);
  advance(1s);
  EXPECT_TRUE(host_.end(plan_.conversation.id, EndReason::ended_by_api));
  advance(100ms);
  EXPECT_EQ(transport_.finished, EndReason::ended_by_api);
  EXPECT_FALSE(host_.end(plan_.conversation.id, EndReason::ended_by_api));
}

TEST_F(SessionHostTest, StartsNoCallThatWasEndedBefore) {
  load();
  plan_.hold = std::make_shared<CallHold>();
  plan_.hold->called_off.store(true);
  EXPECT_FALSE(host_.end(plan_.conversation.id, EndReason::ended_by_api));
  const auto handle = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_FALSE(handle);
  EXPECT_EQ(handle.error().code, ErrorCode::closed);
  EXPECT_EQ(host_.active_count(), 0U);
  advance(100ms);
  EXPECT_TRUE(journal_.entries.empty());
}

TEST_F(SessionHostTest, LetsGoOfACallOnceItHasEnded) {
  load();
  plan_.hold = std::make_shared<CallHold>();
  const std::weak_ptr<CallHold> watched = plan_.hold;
  auto handle = host_.start(std::move(plan_), transport_, host_.pick_executor());
  plan_ = {};
  ASSERT_TRUE(handle);
  advance(100ms);
  EXPECT_FALSE(watched.expired());
  handle->reset();
  advance(100ms);
  EXPECT_TRUE(watched.expired());
}

TEST_F(SessionHostTest, BeginsTheRecordWithTheStartWhateverComesFirst) {
  load();
  const auto handle = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_TRUE(handle);
  (*handle)->receive_text("hello?");
  (*handle)->hang_up(EndReason::caller_hung_up);
  (*handle)->hang_up(EndReason::caller_hung_up);
  advance(100ms);
  EXPECT_TRUE(std::holds_alternative<JournalEntry::Started>(journal_.entries.front().what));
  EXPECT_TRUE(std::holds_alternative<JournalEntry::Ended>(journal_.entries.back().what));
  EXPECT_EQ(transport_.finishes, 1);
  ASSERT_EQ(messages().size(), 1U);
  EXPECT_EQ(messages()[0].said, "hello?");
}

TEST_F(SessionHostTest, StopsWithEveryRecordComplete) {
  load();
  const auto handle = host_.start(plan_, transport_, host_.pick_executor());
  ASSERT_TRUE(handle);
  advance(1s);
  TaskGroup group(loop_.get_executor());
  group.spawn(host_.stop(clock_.now() + 1s));
  advance(200ms);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(host_.active_count(), 0U);
  EXPECT_TRUE(std::holds_alternative<JournalEntry::Ended>(journal_.entries.back().what));
  EXPECT_FALSE(host_.start(plan_, transport_, host_.pick_executor()));
}

TEST_F(SessionHostTest, AnswersOtherThreadsWhileCallsComeAndGo) {
  load();
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done.load()) {
      EXPECT_LE(host_.active_count(), 1U);
      EXPECT_TRUE(host_.pick_executor() == Executor(loop_.get_executor()));
      static_cast<void>(host_.end(plan_.conversation.id, EndReason::ended_by_api));
    }
  });
  for (int call = 0; call < 20; ++call) {
    auto handle = host_.start(plan_, transport_, loop_.get_executor());
    EXPECT_TRUE(handle);
    advance(100ms);
    if (handle) handle->reset();
    advance(50ms);
  }
  done.store(true);
  other.join();
  advance(100ms);
  EXPECT_EQ(host_.active_count(), 0U);
}

TEST_F(SessionHostTest, AsksTheVoiceModelOnceForAllCallsOfAPhase) {
  load();
  std::vector<std::unique_ptr<ScriptedTransport>> transports;
  std::vector<std::unique_ptr<SessionHandle>> handles;
  plan_.configuration.greeting = *Text<0, 500>::make("");
  for (int call = 0; call < 8; ++call) {
    plan_.conversation.id = ConversationId(Uuid::make_random(random_));
    transports.push_back(std::make_unique<ScriptedTransport>(clock_));
    auto handle = host_.start(plan_, *transports.back(), host_.pick_executor());
    ASSERT_TRUE(handle);
    handles.push_back(std::move(*handle));
  }
  AudioFrame loud;
  loud.samples.fill(Lexicon::kCough);
  for (int frame = 0; frame < 50; ++frame) {
    for (const auto& handle : handles)
      handle->receive(loud);
    advance(20ms);
  }
  // 1 s has 31 windows of 32 ms, for all eight calls at once whatever their phases.
  ASSERT_FALSE(runs_.empty());
  for (const std::size_t inputs : runs_)
    EXPECT_EQ(inputs, 8U);
  EXPECT_EQ(runs_.size(), 31U);
  handles.clear();
  advance(100ms);
}

TEST(FixedPrompts, AreTheClausesThatACallWillAskFor) {
  AgentConfiguration configuration;
  configuration.greeting = *Text<0, 500>::make("Hello there, this is Ann. How can I help?");
  const auto prompts = fixed_prompts(configuration);
  ASSERT_GE(prompts.size(), 3U);
  EXPECT_EQ(prompts[0].text, "Hello there,");
  EXPECT_EQ(prompts[1].text, "this is Ann.");
  EXPECT_EQ(prompts[2].text, "How can I help?");
  EXPECT_EQ(prompts[0].voice, "joe");
}

Task<> collect(EngineSessionHost& host, SessionPlan plan, std::vector<Message> history,
               std::string question, std::string& text, ErrorCode& code) {
  auto reply = co_await host.answer_text(std::move(plan), std::move(history), std::move(question));
  if (!reply) {
    code = reply.error().code;
    co_return;
  }
  while (true) {
    auto chunk = co_await (*reply)->next();
    if (!chunk) {
      code = chunk.error().code;
      co_return;
    }
    if (!*chunk) co_return;
    text += (*chunk)->text;
  }
}

TEST_F(SessionHostTest, AnswersATypedMessageAndRecordsBothSides) {
  load();
  model_.replies.push_back({{"At ", "nine."}});
  Message before;
  before.ordinal = 0;
  before.speaker = Speaker::agent;
  before.said = "Hello, and welcome!";
  before.heard = "Hello";
  std::string text;
  ErrorCode code = ErrorCode::closed;
  TaskGroup group(loop_.get_executor());
  group.spawn(collect(host_, plan_, {before}, "when do you open?", text, code));
  advance(1s);
  EXPECT_EQ(text, "At nine.");
  const auto recorded = messages();
  ASSERT_EQ(recorded.size(), 2U);
  EXPECT_EQ(recorded[0].ordinal, 1);
  EXPECT_EQ(recorded[0].said, "when do you open?");
  EXPECT_EQ(recorded[1].ordinal, 2);
  EXPECT_EQ(recorded[1].heard, "At nine.");
  EXPECT_FALSE(recorded[1].interrupted);
  ASSERT_EQ(model_.requests.size(), 1U);
  EXPECT_EQ(model_.requests[0].history[0].text, "Hello");
}

TEST_F(SessionHostTest, ReportsAModelThatFailsInText) {
  load();
  model_.replies.push_back({{"At "}, 100ms, 20ms, ReplyAction::none, true});
  std::string text;
  ErrorCode code = ErrorCode::closed;
  TaskGroup group(loop_.get_executor());
  group.spawn(collect(host_, plan_, {}, "when?", text, code));
  advance(1s);
  EXPECT_EQ(code, ErrorCode::unavailable);
  ASSERT_EQ(messages().size(), 2U);
  EXPECT_TRUE(messages()[1].interrupted);
}

TEST_F(SessionHostTest, RefusesTextThatIsNoMessage) {
  load();
  std::string text;
  for (const std::string& question :
       {std::string(), std::string("\xff"), std::string(4'001, 'x')}) {
    ErrorCode code = ErrorCode::closed;
    TaskGroup group(loop_.get_executor());
    group.spawn(collect(host_, plan_, {}, question, text, code));
    advance(50ms);
    EXPECT_EQ(code, ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(messages().empty());
}

}  // namespace
}  // namespace antiphon

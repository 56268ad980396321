// What of a call reaches its recorder.
#include "engine/session_host.h"
#include "testing/run.h"
#include "testing/simulation/scripted_recorder.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace antiphon {
namespace {

class SessionRecordingTest : public testing::Test {
 protected:
  SessionRecordingTest() {
    host_.set_language_model(model_);
    host_.set_speech({&recognizer_, &synthesizer_, &turn_detector_,
                      [this] { return std::make_unique<ScriptedVoiceActivityDetector>(runs_); }});
    run_until_idle(loop_);
  }
  ~SessionRecordingTest() override {
    handle_.reset();
    run_until_idle(loop_);
    group_.spawn(host_.stop(clock_.now() + 1s));
    advance(2s);
  }

  void call(bool recorded) {
    SessionPlan plan;
    plan.conversation.id = ConversationId(Uuid::make_random(random_));
    plan.configuration.recording.enabled = recorded;
    plan.configuration.greeting = *Text<0, 500>::make("We are open from nine to five.");
    conversation_ = plan.conversation.id;
    auto started = host_.start(std::move(plan), transport_, loop_.get_executor());
    ASSERT_TRUE(started);
    handle_ = std::move(*started);
    run_until_idle(loop_);
  }
  void advance(Duration duration) {
    AudioFrame frame;
    frame.samples.fill(7);
    for (Duration passed{0}; passed < duration; passed += 20ms) {
      for (int step = 0; step < 4; ++step) {
        clock_.advance(5ms);
        run_until_idle(loop_);
      }
      if (handle_) handle_->receive(frame);
    }
  }
  [[nodiscard]] std::size_t events(std::string_view kind) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(journal_.entries, [&](const JournalEntry& entry) {
          const auto* event = std::get_if<ConversationEvent>(&entry.what);
          return event != nullptr && event->kind == kind;
        }));
  }

  ManualClock clock_;
  boost::asio::io_context loop_{1};
  SeededRandom random_{Seed{1}};
  RecordingJournal journal_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  Lexicon lexicon_;
  ScriptedRecognizer recognizer_{clock_, lexicon_};
  ScriptedSynthesizer synthesizer_{clock_, lexicon_};
  ScriptedTurnDetector turn_detector_{clock_};
  ScriptedModel model_{clock_};
  ScriptedTransport transport_{clock_};
  ScriptedRecorder recorder_;
  std::vector<std::size_t> runs_;
  EngineSessionHost host_{{clock_, random_, journal_, log_, metrics_, &recorder_},
                          {loop_.get_executor()}};
  TaskGroup group_{loop_.get_executor()};
  ConversationId conversation_;
  std::unique_ptr<SessionHandle> handle_;
};

TEST_F(SessionRecordingTest, KeepsWhatWasReceivedAndWhatWasReallySent) {
  const Timepoint began = clock_.now();
  call(true);
  advance(4s);
  handle_->hang_up(EndReason::caller_hung_up);
  run_until_idle(loop_);
  EXPECT_EQ(recorder_.opened, (std::vector{conversation_}));
  EXPECT_EQ(recorder_.began_at, began);
  EXPECT_GT(transport_.samples.size(), 16'000U);
  EXPECT_EQ(recorder_.agent, transport_.samples);
  EXPECT_EQ(recorder_.caller.size(), 200U * 320);
  EXPECT_EQ(recorder_.caller.front(), 7);
  EXPECT_EQ(recorder_.finished, 1);
  EXPECT_EQ(events("recording.started"), 1U);
}

TEST_F(SessionRecordingTest, KeepsNothingWhenTheAgentDoesNotRecord) {
  call(false);
  advance(1s);
  EXPECT_TRUE(recorder_.opened.empty());
  EXPECT_EQ(events("recording.started"), 0U);
  EXPECT_FALSE(host_.pause_recording(conversation_));
}

TEST_F(SessionRecordingTest, PausesOnceFromTheMomentItWasAsked) {
  call(true);
  advance(1s);
  const Timepoint asked = clock_.now();
  EXPECT_TRUE(host_.pause_recording(conversation_));
  EXPECT_TRUE(host_.pause_recording(conversation_));
  advance(1s);
  EXPECT_TRUE(host_.resume_recording(conversation_));
  advance(1s);
  EXPECT_EQ(recorder_.pauses, (std::vector{asked}));
  EXPECT_EQ(recorder_.resumes, (std::vector{asked + 1s}));
  EXPECT_EQ(events("recording.paused"), 1U);
  EXPECT_EQ(events("recording.resumed"), 1U);
  EXPECT_FALSE(host_.pause_recording(ConversationId{}));
}

}  // namespace
}  // namespace antiphon

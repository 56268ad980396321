#include "providers/fallback/fallback_recognizer.h"

#include "providers/fallback/fallback_fixture_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace antiphon {
namespace {

using namespace fallback_test;

// Hears "w" for each 500 ms of sound; speaks of it as it is told to.
class FakeRecognizer final : public SpeechRecognizer {
 public:
  enum class Manner : std::uint8_t { well, never, only_partials, failing };
  FakeRecognizer(Clock& clock, Manner manner) : clock_(clock), manner_(manner) {}
  std::unique_ptr<RecognitionStream> open(RecognitionOptions) override {
    return std::make_unique<Stream>(*this);
  }
  std::size_t samples_heard = 0;  // of all utterances
  int begun = 0;
  int discarded = 0;
  Manner manner() const { return manner_; }
  void become(Manner manner) { manner_ = manner; }

 private:
  struct Stream final : RecognitionStream {
    explicit Stream(FakeRecognizer& owner) : owner(owner) {}
    void begin(UtteranceId id, std::span<const Sample> pre_roll) override {
      ++owner.begun;
      if (id != utterance) heard = told = 0;
      utterance = id;
      finished = false;
      push(pre_roll);
    }
    void push(std::span<const Sample> samples) override {
      heard += samples.size();
      owner.samples_heard += samples.size();
    }
    void finish() override { finished = true; }
    void discard() override {
      ++owner.discarded;
      heard = told = 0;
      finished = false;
    }
    Task<Result<RecognitionEvent>> next() override {
      while (true) {
        if (auto waited = co_await owner.clock_.sleep_for(20ms); !waited) {
          co_return std::unexpected(waited.error());
        }
        const std::size_t words = heard / 8'000;
        if (owner.manner_ == Manner::never) continue;
        if (owner.manner_ == Manner::failing && heard > 0) {
          co_return failure(ErrorCode::unavailable, "socket closed");
        }
        if (finished && owner.manner_ == Manner::well) {
          finished = false;
          co_return event(RecognitionEvent::Kind::final, words);
        }
        if (words > told) co_return event(RecognitionEvent::Kind::partial, words);
      }
    }
    RecognitionEvent event(RecognitionEvent::Kind kind, std::size_t words) {
      told = words;
      std::string text(words == 0 ? 0 : 2 * words - 1, ' ');
      for (std::size_t i = 0; i < words; ++i)
        text[2 * i] = 'w';
      return {kind, utterance, text, text.size(), std::chrono::milliseconds(words * 500)};
    }
    FakeRecognizer& owner;
    UtteranceId utterance = 0;
    std::size_t heard = 0;
    std::size_t told = 0;
    bool finished = false;
  };
  Clock& clock_;
  Manner manner_;
};

using Manner = FakeRecognizer::Manner;

class FallbackRecognizer : public ::testing::Test {
 protected:
  FakeRecognizer& add(Manner manner, bool partials = true) {
    auto fake = std::make_shared<FakeRecognizer>(world_.clock, manner);
    legs_.push_back({fake, world_.health("stt " + std::to_string(legs_.size())), partials});
    return *fake;
  }
  void open() {
    stream_ = hear_with(legs_, {}, world_.clock);
    reader_.spawn(read());
    run_until_idle(world_.loop);
  }
  Task<> read() {
    while (true) {
      auto event = co_await stream_->next();
      if (!event && event.error().code == ErrorCode::cancelled) co_return;
      events_.push_back(std::move(event));
      times_.push_back(world_.elapsed());
    }
  }
  void push(std::chrono::milliseconds length, Sample level = 2'000) {
    const std::vector<Sample> frame(320, level);
    for (auto pushed = 0ms; pushed < length; pushed += 20ms) {
      stream_->push(frame);
      wait(20ms);
    }
  }
  void wait(std::chrono::milliseconds length) {
    for (auto waited = 0ms; waited < length; waited += 20ms) {
      world_.clock.advance(20ms);
      run_until_idle(world_.loop);
    }
  }
  std::string final_text() {
    const auto& last = events_.back();
    if (!last) return last.error().message;
    return (last->kind == RecognitionEvent::Kind::final ? "final: " : "partial: ") + last->text;
  }
  ~FallbackRecognizer() override {
    reader_.cancel();
    run_until_idle(world_.loop);
  }

  World world_;
  std::vector<HearingLeg> legs_;
  std::unique_ptr<RecognitionStream> stream_;
  std::deque<Result<RecognitionEvent>> events_;
  std::vector<std::chrono::milliseconds> times_;
  TaskGroup reader_{world_.loop.get_executor()};
};

TEST_F(FallbackRecognizer, TheFirstRecognizerHearsWhenItDoesItsWork) {
  add(Manner::well);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, {});
  push(2s);
  stream_->finish();
  wait(100ms);
  EXPECT_EQ(final_text(), "final: w w w w");
  EXPECT_EQ(second.begun, 0);
}

TEST_F(FallbackRecognizer, OneThatSaysNothingTo800MillisecondsOfSpeechIsReplacedAndNoWordIsLost) {
  auto& hanging = add(Manner::never);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, {});
  push(1s);
  ASSERT_FALSE(events_.empty());
  EXPECT_LE(times_.front(), 1s);
  EXPECT_EQ(hanging.discarded, 1);
  push(1s);
  stream_->finish();
  wait(100ms);
  EXPECT_EQ(final_text(), "final: w w w w");
  EXPECT_EQ(second.samples_heard, 32'000U);
}

TEST_F(FallbackRecognizer, SilenceIsNoReasonToReplaceIt) {
  add(Manner::never);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, {});
  push(600ms);
  push(3s, 20);
  EXPECT_EQ(second.begun, 0);
}

TEST_F(FallbackRecognizer, OneThatHearsOnlyWholeUtterancesIsNotExpectedToSayAnythingBefore) {
  add(Manner::never, false);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, {});
  push(3s);
  EXPECT_EQ(second.begun, 0);
}

TEST_F(FallbackRecognizer, AFinalResultThatDoesNotComeIsAskedOfTheNext) {
  add(Manner::only_partials);
  add(Manner::well);
  open();
  stream_->begin(1, {});
  push(1s);
  stream_->finish();
  wait(1400ms);
  EXPECT_EQ(final_text(), "partial: w w");
  wait(300ms);
  EXPECT_EQ(final_text(), "final: w w");
}

TEST_F(FallbackRecognizer, AFailureMovesTheWholeUtteranceAtOnce) {
  auto& first = add(Manner::well);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, std::vector<Sample>(4'800, 2'000));
  push(1s);
  first.become(Manner::failing);
  push(20ms);
  push(480ms);
  stream_->finish();
  wait(100ms);
  EXPECT_EQ(final_text(), "final: w w w");
  EXPECT_EQ(second.samples_heard, 4'800U + 24'000U);
}

TEST_F(FallbackRecognizer, TheNextUtteranceBeginsWithTheFirstAgain) {
  auto& first = add(Manner::failing);
  add(Manner::well);
  open();
  stream_->begin(1, {});
  push(500ms);
  stream_->finish();
  wait(100ms);
  first.become(Manner::well);
  stream_->begin(2, {});
  push(500ms);
  stream_->finish();
  wait(100ms);
  EXPECT_EQ(events_.back()->utterance, 2U);
  EXPECT_EQ(final_text(), "final: w");
  EXPECT_EQ(first.begun, 2);
}

TEST_F(FallbackRecognizer, ALongUtteranceKeepsThePromisedTextOfWhatIsNotKept) {
  auto& first = add(Manner::well);
  auto& second = add(Manner::well);
  open();
  stream_->begin(1, {});
  push(14s);
  first.become(Manner::failing);
  push(20ms);
  stream_->finish();
  wait(100ms);
  const std::string text = final_text();
  EXPECT_EQ(std::count(text.begin(), text.end(), 'w'), 28) << text;
  EXPECT_LT(second.samples_heard, 11U * 16'000);
  EXPECT_EQ(events_.back()->audio_end, 14s);
}

TEST_F(FallbackRecognizer, WhenNobodyHearsTheErrorComesOnce) {
  add(Manner::never);
  add(Manner::never);
  open();
  stream_->begin(1, {});
  push(5s);
  stream_->finish();
  wait(3s);
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(final_text(), "the recognizer made no progress");
}

TEST_F(FallbackRecognizer, ALateFinalResultOfTheUtteranceBeforeIsNotLost) {
  add(Manner::failing);
  auto& second = add(Manner::only_partials);
  open();
  stream_->begin(1, {});
  push(600ms);
  stream_->finish();
  stream_->begin(2, {});
  EXPECT_EQ(second.begun, 2) << "it owes a result, so it hears the next utterance too";
}

}  // namespace
}  // namespace antiphon

#include "core/task_group.h"
#include "providers/moonshine/moonshine_model.h"
#include "providers/moonshine/moonshine_recognizer.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using Kind = RecognitionEvent::Kind;

constexpr std::size_t kFrame = kFrameSamples.value();

std::vector<Sample> silence(std::chrono::milliseconds duration) {
  return std::vector<Sample>(static_cast<std::size_t>(duration.count()) * 16, Sample{0});
}

// 400 ms of "word number k", then 100 ms of nothing: its loudness is its name.
std::vector<Sample> word(int number) {
  std::vector<Sample> sound = silence(500ms);
  for (std::size_t i = 0; i < 6'400; ++i) {
    sound[i] = static_cast<Sample>((i % 2 == 0 ? 1 : -1) * (1'000 + 100 * number));
  }
  return sound;
}

// Understands word() without fail.
std::string read_words(std::span<const Sample> audio) {
  std::string text;
  int last = -1;
  for (const Sample sample : audio) {
    const int number = std::abs(sample) < 1'000 ? -1 : (std::abs(sample) - 1'000) / 100;
    if (number != last && number >= 0) {
      text += (text.empty() ? "w" : " w") + std::to_string(number);
    }
    last = number;
  }
  return text;
}

std::string words_from_to(int first, int last) {
  std::string text;
  for (int number = first; number <= last; ++number) {
    text += (text.empty() ? "w" : " w") + std::to_string(number);
  }
  return text;
}

class MoonshineStreamTest : public testing::Test {
 protected:
  MoonshineStreamTest() {
    stream_ = recognizer_.open({});
    readers_.spawn([](MoonshineStreamTest& test) -> Task<> {
      while (true) {
        auto event = co_await test.stream_->next();
        if (!event && event.error().code == ErrorCode::cancelled) co_return;
        if (event) {
          test.events_.push_back(*event);
        } else {
          test.errors_.push_back(event.error().code);
        }
      }
    }(*this));
    settle();
  }

  ~MoonshineStreamTest() override {
    readers_.cancel();
    run_until_idle(loop_);
  }

  // Runs decodes and the reader until neither has anything to do.
  void settle() {
    run_until_idle(loop_);
    while (is_pool_running_ && pool_.run_one())
      run_until_idle(loop_);
    run_until_idle(loop_);
  }

  void hear(const std::vector<Sample>& audio) {
    for (std::size_t at = 0; at + kFrame <= audio.size(); at += kFrame) {
      stream_->push(std::span(audio).subspan(at, kFrame));
      clock_.advance(20ms);
      settle();
    }
  }

  void finish() {
    stream_->finish();
    settle();
  }

  std::vector<RecognitionEvent> finals() const {
    std::vector<RecognitionEvent> found;
    std::ranges::copy_if(events_, std::back_inserter(found),
                         [](const auto& event) { return event.kind == Kind::final; });
    return found;
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 0}};
  int decodes_ = 0;
  MoonshineRecognizer recognizer_{MoonshineRecognizer::Transcribe([this](auto audio) {
                                    ++decodes_;
                                    return read_words(audio);
                                  }),
                                  pool_, metrics_};
  boost::asio::io_context loop_;
  std::unique_ptr<RecognitionStream> stream_;
  std::vector<RecognitionEvent> events_;
  std::vector<ErrorCode> errors_;
  bool is_pool_running_ = true;
  TaskGroup readers_{loop_.get_executor()};
};

TEST_F(MoonshineStreamTest, GivesGrowingPartialsAndThenOneFinal) {
  stream_->begin(1, silence(300ms));
  for (int number = 1; number <= 4; ++number)
    hear(word(number));
  hear(silence(200ms));
  finish();
  ASSERT_GE(events_.size(), 4U);
  std::string stable;
  for (const RecognitionEvent& event : events_) {
    EXPECT_TRUE(event.text.starts_with(stable));
    stable = event.text.substr(0, event.stable_bytes);
  }
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(events_.back().text, "w1 w2 w3 w4");
  EXPECT_EQ(events_.back().stable_bytes, events_.back().text.size());
  EXPECT_EQ(events_.back().audio_end, 2'500ms);
}

TEST_F(MoonshineStreamTest, TheFirstPartialComesWithinFourHundredMillisecondsOfSpeech) {
  stream_->begin(1, silence(300ms));
  auto first = word(1);
  first.resize(6'400);
  hear(first);
  EXPECT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_.front().text, "w1");
}

TEST_F(MoonshineStreamTest, ReusesThePartialOfThePauseAsTheFinal) {
  stream_->begin(1, silence(300ms));
  hear(word(1));
  hear(word(2));
  hear(silence(200ms));
  const int before = decodes_;
  finish();
  EXPECT_EQ(decodes_, before);
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "w1 w2");
}

TEST_F(MoonshineStreamTest, DecodesOnceMoreWhenThePartialsMissedTheEnd) {
  stream_->begin(1, silence(300ms));
  hear(word(1));
  is_pool_running_ = false;
  hear(word(2));
  stream_->finish();
  is_pool_running_ = true;
  settle();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "w1 w2");
}

TEST_F(MoonshineStreamTest, GoesOnWithAnUtteranceThatOnlyPaused) {
  stream_->begin(1, silence(300ms));
  hear(word(1));
  hear(silence(200ms));
  finish();
  stream_->begin(1, silence(100ms));
  hear(word(2));
  hear(silence(200ms));
  finish();
  ASSERT_EQ(finals().size(), 2U);
  EXPECT_EQ(finals()[0].text, "w1");
  EXPECT_EQ(finals()[1].text, "w1 w2");
}

TEST_F(MoonshineStreamTest, StartsAfreshWithANewUtterance) {
  stream_->begin(1, silence(300ms));
  hear(word(1));
  finish();
  stream_->begin(2, silence(300ms));
  hear(word(2));
  finish();
  ASSERT_EQ(finals().size(), 2U);
  EXPECT_EQ(finals()[1].utterance, 2U);
  EXPECT_EQ(finals()[1].text, "w2");
}

TEST_F(MoonshineStreamTest, StillDeliversTheFinalOfTheUtteranceBefore) {
  stream_->begin(1, silence(300ms));
  is_pool_running_ = false;
  hear(word(1));
  stream_->finish();
  stream_->begin(2, silence(300ms));
  hear(word(2));
  is_pool_running_ = true;
  settle();
  finish();
  ASSERT_EQ(finals().size(), 2U);
  EXPECT_EQ(finals()[0].utterance, 1U);
  EXPECT_EQ(finals()[0].text, "w1");
  EXPECT_EQ(finals()[1].text, "w2");
}

TEST_F(MoonshineStreamTest, SaysNothingOfAClickAndDecodesNothing) {
  stream_->begin(1, silence(300ms));
  auto click = silence(400ms);
  std::fill(click.begin() + 3'200, click.begin() + 4'000, Sample{9'000});
  hear(click);
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "");
  EXPECT_EQ(decodes_, 0);
}

TEST_F(MoonshineStreamTest, ForgetsADiscardedUtterance) {
  stream_->begin(1, silence(300ms));
  is_pool_running_ = false;
  hear(word(1));
  stream_->finish();
  stream_->discard();
  is_pool_running_ = true;
  settle();
  EXPECT_TRUE(finals().empty());
  stream_->begin(2, {});
  hear(word(2));
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "w2");
}

TEST_F(MoonshineStreamTest, LosesNothingOfAMinuteWithPauses) {
  stream_->begin(1, silence(300ms));
  for (int number = 1; number <= 110; ++number) {
    hear(word(number));
    if (number % 9 == 0) hear(silence(400ms));
  }
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, words_from_to(1, 110));
}

TEST_F(MoonshineStreamTest, LosesNothingOfAMinuteWithoutAPause) {
  stream_->begin(1, silence(300ms));
  for (int number = 1; number <= 118; ++number)
    hear(word(number));
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, words_from_to(1, 118));
}

TEST_F(MoonshineStreamTest, LosesNothingOfAMinuteInWhichNobodyDecoded) {
  stream_->begin(1, {});
  is_pool_running_ = false;
  for (int number = 1; number <= 118; ++number)
    hear(word(number));
  stream_->finish();
  is_pool_running_ = true;
  settle();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, words_from_to(1, 118));
}

TEST_F(MoonshineStreamTest, ReportsAFinalThatCameTooLateAndLivesOn) {
  stream_->begin(1, silence(300ms));
  is_pool_running_ = false;
  hear(word(1));
  stream_->finish();
  clock_.advance(4s);
  is_pool_running_ = true;
  settle();
  EXPECT_EQ(errors_, std::vector{ErrorCode::timeout});
  stream_->begin(2, {});
  hear(word(2));
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "w2");
}

TEST_F(MoonshineStreamTest, IgnoresAudioOutsideAnUtterance) {
  hear(word(7));
  stream_->begin(1, {});
  hear(word(1));
  finish();
  ASSERT_EQ(finals().size(), 1U);
  EXPECT_EQ(finals().front().text, "w1");
}

TEST(CleanTranscript, TrimsAndCutsLoopsButKeepsWhatPeopleRepeat) {
  EXPECT_EQ(clean_transcript("  hello there \n"), "hello there");
  EXPECT_EQ(clean_transcript("no no no no"), "no no no no");
  EXPECT_EQ(clean_transcript("and the and the and the and the and the and the and the end"),
            "and the end");
  EXPECT_EQ(clean_transcript("so so so so so so so so"), "so");
  EXPECT_EQ(clean_transcript(""), "");
}

}  // namespace
}  // namespace antiphon

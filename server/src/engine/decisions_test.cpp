// What is decided about the caller: has he finished, does he interrupt, does he only agree?
#include "engine/barge_in.h"
#include "engine/endpointing.h"
#include "engine/text_rules.h"
#include "engine/words.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

TEST(Words, AreLowerCaseAndWithoutMarks) {
  EXPECT_EQ(words_of("Uh-huh, that's IT — 42!"),
            (std::vector<std::string>{"uh", "huh", "that's", "it", "\xe2\x80\x94", "42"}));
}

TEST(Wording, KnowsBackchannelsFromWords) {
  for (const char* text :
       {"uh-huh", "Mm-hmm.", "Yeah", "okay, right", "I see", "Of course.", "oh I see okay"}) {
    EXPECT_EQ(wording_of(text), Wording::backchannel) << text;
  }
  for (const char* text :
       {"stop", "wait", "no", "I said two", "yeah but wait", "I", "okay okay okay okay okay"}) {
    EXPECT_EQ(wording_of(text), Wording::words) << text;
  }
  EXPECT_EQ(wording_of(" ...!"), Wording::none);
}

TEST(TextRules, HearThatASentenceGoesOn) {
  for (const char* text : {"I want two and", "my number is", "it's for, uh", "because..."}) {
    EXPECT_EQ(judge_text(text), TextVerdict::open) << text;
  }
  for (const char* text : {"when do you open", "yes", "", "what is it for?"}) {
    EXPECT_EQ(judge_text(text), TextVerdict::unknown) << text;
  }
}

// ── end of turn ──

TEST(Endpointing, AsksAt200AndEvery200MillisecondsAndEndsOnYes) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(180ms), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  EXPECT_EQ(end.pause(220ms), Endpointing::Verdict::wait);
  end.judged(end.question(), 0.3F);
  EXPECT_EQ(end.pause(380ms), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(400ms), Endpointing::Verdict::ask);
  end.judged(end.question(), 0.5F);
  EXPECT_EQ(end.pause(420ms), Endpointing::Verdict::end);
}

TEST(Endpointing, IgnoresAnAnswerToAPauseThatIsOver) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  const std::uint32_t old = end.question();
  EXPECT_EQ(end.pause(20ms), Endpointing::Verdict::wait);
  end.judged(old, 1.0F);
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  end.judged(old, 1.0F);
  EXPECT_EQ(end.pause(220ms), Endpointing::Verdict::wait);
}

TEST(Endpointing, EndsAtTheLongestSilenceWhateverWasSaid) {
  Endpointing end{TurnTiming{}};
  end.text(TextVerdict::open);
  EXPECT_EQ(end.pause(1'480ms), Endpointing::Verdict::ask);
  EXPECT_EQ(end.pause(1'500ms), Endpointing::Verdict::end);
}

TEST(Endpointing, LetsOpenWordsHoldBackASureDetector) {
  Endpointing end{TurnTiming{}};
  end.text(TextVerdict::open);
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  end.judged(end.question(), 0.99F);
  EXPECT_EQ(end.pause(900ms), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(1'000ms), Endpointing::Verdict::end);
}

TEST(Endpointing, FallsBackToSilenceWhenTheDetectorFails) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  end.unjudged(end.question());
  EXPECT_EQ(end.pause(740ms), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(760ms), Endpointing::Verdict::end);
}

// ── barge-in ──

TEST(BargeIn, PausesAtAHundredMillisecondsAndResumesAfterACough) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(64ms, 0ms, now), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(128ms, 100ms, now + 140ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(128ms, 160ms, now + 200ms), BargeIn::Decision::resume);
}

TEST(BargeIn, StopsAtTheFirstRealWord) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.words("stop");
  EXPECT_EQ(barge_in.update(128ms, 0ms, now + 20ms), BargeIn::Decision::stop);
}

TEST(BargeIn, StopsForLongSpeechWithoutATranscript) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(480ms, 0ms, now + 440ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(512ms, 0ms, now + 460ms), BargeIn::Decision::stop);
}

TEST(BargeIn, ResumesAfterABackchannelAndStillObeysLaterWords) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.words("uh-huh");
  EXPECT_EQ(barge_in.update(320ms, 0ms, now + 300ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(320ms, 160ms, now + 400ms), BargeIn::Decision::resume);
  barge_in.words("uh-huh but wait");
  EXPECT_EQ(barge_in.update(500ms, 0ms, now + 700ms), BargeIn::Decision::stop);
}

TEST(BargeIn, ForgetsTheWordsOfTheSoundBefore) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.words("stop");
  barge_in.reset();
  barge_in.words("the turn that is being answered");
  EXPECT_EQ(barge_in.update(96ms, 0ms, now + 5s), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(96ms, 40ms, now + 5020ms), BargeIn::Decision::none);
}

}  // namespace
}  // namespace antiphon

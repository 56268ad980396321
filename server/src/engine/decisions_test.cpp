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

TEST(Backchannels, AreToldFromWords) {
  const Backchannels known;
  for (const char* text :
       {"uh-huh", "Mm-hmm.", "Yeah", "okay, right", "I see", "Of course.", "oh I see okay"}) {
    EXPECT_EQ(known.wording_of(text), Wording::backchannel) << text;
  }
  for (const char* text :
       {"stop", "wait", "no", "I said two", "yeah but wait", "okay okay okay okay okay"}) {
    EXPECT_EQ(known.wording_of(text), Wording::words) << text;
  }
  EXPECT_EQ(known.wording_of(" ...!"), Wording::none);
  EXPECT_EQ(known.wording_of("I"), Wording::beginning);
  EXPECT_EQ(known.wording_of("yeah, all"), Wording::beginning);
}

TEST(Backchannels, OfAnAgentCountBesideTheKnownOnes) {
  const Backchannels more({"aye aye", "Jawohl!", "..."});
  for (const char* text : {"jawohl", "aye aye", "yeah, aye aye", "Jawohl, okay."}) {
    EXPECT_EQ(more.wording_of(text), Wording::backchannel) << text;
  }
  EXPECT_EQ(more.wording_of("aye"), Wording::words);
  EXPECT_EQ(Backchannels().wording_of("jawohl"), Wording::words);
}

TEST(TextRules, HearThatASentenceGoesOn) {
  for (const char* text :
       {"I want two and", "my number is", "it's for, uh", "because...", "I'd like to",
        "the opening hours of", "could you", "my email is jo dot smith",
        "my email is jo at example", "it's jo underscore", "I'm calling about", "is it possible to",
        "we need", "they have been", "maybe we could do", "we need, let me see"}) {
    EXPECT_EQ(judge_text(text), TextVerdict::open) << text;
  }
}

TEST(TextRules, HearThatSomethingIsBeingDictated) {
  for (const char* text : {"five five five", "my number is oh two oh seven", "it is 555-0100",
                           "A B 1 2", "order four seven two nine one", "double five three one",
                           "A as in apple", "A as in apple, nine, T as in tango", "s a r a h"}) {
    EXPECT_EQ(judge_text(text), TextVerdict::dictating) << text;
  }
  for (const char* text : {"at nine thirty", "for two people", "I am forty two",
                           "call five five five oh one oh two three four five"}) {
    EXPECT_NE(judge_text(text), TextVerdict::dictating) << text;
  }
}

TEST(TextRules, KnowWholeQuestionsAndAnswers) {
  for (const char* text :
       {"when do you open", "what is it for", "Yes.", "no thanks", "that would be all, thank you",
        "a table for two please", "You do?", "how much does a checkup cost", "Maybe.",
        "which folder should I save this message to", "call me on 555 0102 334",
        "it's jo at example dot com"}) {
    EXPECT_EQ(judge_text(text), TextVerdict::closed) << text;
  }
  for (const char* text : {"", "my tooth hurts", "I lost my keys.", "the red one"}) {
    EXPECT_EQ(judge_text(text), TextVerdict::unknown) << text;
  }
}

// ── values that were asked for ──

TEST(Expectation, ReadsDigitsAsTheyAreSpoken) {
  const auto digits = [](std::string_view text) { return digits_of(words_of(text)); };
  EXPECT_EQ(digits("oh two oh, seven nine four six"), "0207946");
  EXPECT_EQ(digits("double five triple one 42"), "5511142");
  EXPECT_EQ(digits("twenty three forty sixteen eight hundred"), "234016800");
  EXPECT_EQ(digits("555-0100 please"), "5550100");
  EXPECT_EQ(digits("nothing here"), "");
}

TEST(Expectation, WaitsForTheWholeNumber) {
  const auto phone = [](std::string_view text) {
    return judge_value({ExpectedValue::phone, 0, 0}, text);
  };
  EXPECT_EQ(phone("it's five five five"), ValueVerdict::open);
  EXPECT_EQ(phone("five five five oh one oh two"), ValueVerdict::likely);
  EXPECT_EQ(phone("I have no phone"), ValueVerdict::none);
  EXPECT_EQ(phone("five five five oh one oh two three four five"), ValueVerdict::whole);
  EXPECT_EQ(phone("one eight hundred five five five oh one oh"), ValueVerdict::open);
  EXPECT_EQ(phone("1 800 555 0102 334"), ValueVerdict::whole);
  const auto code = [](std::string_view text) {
    return judge_value({ExpectedValue::digits, 4, 6}, text);
  };
  EXPECT_EQ(code("one two three"), ValueVerdict::open);
  EXPECT_EQ(code("one two three four"), ValueVerdict::likely);
  EXPECT_EQ(code("one two three four five six"), ValueVerdict::whole);
}

TEST(Expectation, CountsLettersAndFiguresOfACode) {
  EXPECT_EQ(code_of(words_of("B seven K two nine four")), "b7k294");
  EXPECT_EQ(code_of(words_of("A as in apple, nine, T as in tango, thirty five")), "a9t35");
  const auto code = [](std::string_view text) {
    return judge_value({ExpectedValue::code, 6, 6}, text);
  };
  EXPECT_EQ(code("B seven K"), ValueVerdict::open);
  EXPECT_EQ(code("B seven K two nine four"), ValueVerdict::whole);
  EXPECT_EQ(code("I can't find it"), ValueVerdict::none);
}

TEST(Expectation, WaitsForTheWholeAddressDateOrAnswer) {
  const auto judged = [](ExpectedValue value, std::string_view text) {
    return judge_value({value, 0, 0}, text);
  };
  for (const char* text : {"jo dot", "jo dot smith at", "jo at example", "jo at example dot"}) {
    EXPECT_EQ(judged(ExpectedValue::email, text), ValueVerdict::open) << text;
  }
  for (const char* text :
       {"jo dot smith at example dot com", "jo@example.org", "b hart at inbox dot u k"}) {
    EXPECT_EQ(judged(ExpectedValue::email, text), ValueVerdict::whole) << text;
  }
  EXPECT_EQ(judged(ExpectedValue::date, "the third of"), ValueVerdict::open);
  EXPECT_EQ(judged(ExpectedValue::date, "the third of May"), ValueVerdict::likely);
  EXPECT_EQ(judged(ExpectedValue::date, "May third nineteen eighty four"), ValueVerdict::whole);
  EXPECT_EQ(judged(ExpectedValue::date, "May 3rd 1984"), ValueVerdict::whole);
  EXPECT_EQ(judged(ExpectedValue::email, "I have none"), ValueVerdict::none);
  EXPECT_EQ(judged(ExpectedValue::date, "next Tuesday"), ValueVerdict::whole);
  EXPECT_EQ(judged(ExpectedValue::yes_no, "Yes, I do"), ValueVerdict::whole);
  EXPECT_EQ(judged(ExpectedValue::yes_no, "I think"), ValueVerdict::none);
  EXPECT_EQ(judged(ExpectedValue::none, "555"), ValueVerdict::none);
}

// ── end of turn ──

TEST(Endpointing, AsksAt200AndEvery200MillisecondsThreeTimesAtMost) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(180ms), Endpointing::Verdict::wait);
  for (const Duration at : {200ms, 400ms, 600ms}) {
    EXPECT_EQ(end.pause(at), Endpointing::Verdict::ask);
    EXPECT_EQ(end.pause(at + 20ms), Endpointing::Verdict::wait);
    end.judged(end.question(), 0.1F);
    EXPECT_EQ(end.pause(at + 180ms), Endpointing::Verdict::wait);
  }
  EXPECT_EQ(end.pause(800ms), Endpointing::Verdict::wait);
}

TEST(Endpointing, IgnoresAnAnswerToAPauseThatIsOver) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  const std::uint32_t old = end.question();
  EXPECT_EQ(end.pause(20ms), Endpointing::Verdict::wait);
  end.judged(old, 1.0F);
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  end.judged(old, 1.0F);
  EXPECT_FALSE(end.evidence().complete);
}

TEST(Endpointing, EndsSoonerTheMoreTheSoundAndTheWordsAgree) {
  const TurnTiming timing;
  const auto after = [&](TextVerdict text, std::optional<float> complete) {
    return required_silence(timing, {text, ValueVerdict::none, complete});
  };
  const Duration sure = after(TextVerdict::closed, 0.95F);
  EXPECT_LT(sure, after(TextVerdict::unknown, 0.95F));
  EXPECT_LT(after(TextVerdict::unknown, 0.95F), after(TextVerdict::unknown, 0.6F));
  EXPECT_LT(after(TextVerdict::unknown, 0.6F), after(TextVerdict::unknown, 0.1F));
  EXPECT_LT(after(TextVerdict::closed, 0.1F), after(TextVerdict::unknown, 0.1F));
  EXPECT_LT(after(TextVerdict::closed, 0.95F), after(TextVerdict::closed, std::nullopt));
  EXPECT_EQ(after(TextVerdict::open, 0.99F), timing.silence_max);
}

TEST(Endpointing, WaitsLongerTheMorePatientTheProfile) {
  for (const auto text : {TextVerdict::closed, TextVerdict::dictating, TextVerdict::unknown}) {
    Duration before{0};
    for (const auto profile : {TurnProfile::fast, TurnProfile::balanced, TurnProfile::patient}) {
      TurnTiming timing;
      timing.profile = profile;
      timing.silence_max = 5s;
      const Duration now = required_silence(timing, {text, ValueVerdict::none, 0.7F});
      EXPECT_GT(now, before);
      before = now;
    }
  }
}

TEST(Endpointing, WaitsInAValueAndEndsEarlyWhenItIsWhole) {
  const TurnTiming timing;
  EXPECT_GT(required_silence(timing, {TextVerdict::closed, ValueVerdict::open, 0.99F}), 2s);
  EXPECT_LE(required_silence(timing, {TextVerdict::dictating, ValueVerdict::whole, 0.0F}), 500ms);
}

TEST(Endpointing, NeverLeavesTheAgentsOwnLimits) {
  TurnTiming timing;
  timing.silence_min = 700ms;
  timing.silence_max = 800ms;
  for (const float complete : {0.0F, 0.6F, 1.0F}) {
    const Duration wait =
        required_silence(timing, {TextVerdict::unknown, ValueVerdict::none, complete});
    EXPECT_GE(wait, 700ms);
    EXPECT_LE(wait, 800ms);
  }
}

TEST(Endpointing, AsksNobodyWhereTheSilenceDecidesAlone) {
  TurnTiming timing;
  timing.silence_min = timing.silence_max = 300ms;
  Endpointing end{timing};
  for (Duration silence = 0ms; silence < 300ms; silence += 20ms)
    EXPECT_EQ(end.pause(silence), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(300ms), Endpointing::Verdict::end);
  end.words(TextVerdict::dictating, ValueVerdict::open);
  EXPECT_EQ(end.pause(1'500ms), Endpointing::Verdict::wait) << "in the middle of a value";
}

TEST(Endpointing, EndsWithoutADetector) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  end.unjudged(end.question());
  Duration silence = 220ms;
  while (end.pause(silence) != Endpointing::Verdict::end && silence < 3s) {
    end.unjudged(end.question());
    silence += 20ms;
  }
  EXPECT_LE(silence, 1'000ms);
}

TEST(Endpointing, EndsEvenIfTheDetectorNeverAnswers) {
  Endpointing end{TurnTiming{}};
  EXPECT_EQ(end.pause(200ms), Endpointing::Verdict::ask);
  EXPECT_EQ(end.pause(1'480ms), Endpointing::Verdict::wait);
  EXPECT_EQ(end.pause(1'500ms), Endpointing::Verdict::end);
}

// ── barge-in ──

TEST(BargeIn, PausesAtOnceAndResumesAfterACough) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(52ms, 0ms, now), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(128ms, 200ms, now + 240ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(128ms, 220ms, now + 250ms), BargeIn::Decision::resume);
}

TEST(BargeIn, LetsAShortSoundPassBeforeTheHoleIsHeard) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(288ms, 60ms, now + 250ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(288ms, 80ms, now + 270ms), BargeIn::Decision::resume);
  barge_in.heard(Wording::words);
  EXPECT_EQ(barge_in.update(288ms, 240ms, now + 450ms), BargeIn::Decision::stop);
}

TEST(BargeIn, StopsAtTheFirstRealWord) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.heard(Wording::words);
  EXPECT_EQ(barge_in.update(128ms, 0ms, now + 20ms), BargeIn::Decision::stop);
}

TEST(BargeIn, StopsForLongSpeechWhenTheRecognizerSaysNothingAtAll) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(640ms, 0ms, now + 580ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(672ms, 0ms, now + 600ms), BargeIn::Decision::stop);
}

TEST(BargeIn, GoesOnOverBabbleThatHasNoWords) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.heard(Wording::none);
  EXPECT_EQ(barge_in.update(760ms, 0ms, now + 680ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(792ms, 0ms, now + 700ms), BargeIn::Decision::resume);
  // It goes on, and does not pause the agent again.
  EXPECT_EQ(barge_in.update(2'000ms, 0ms, now + 2s), BargeIn::Decision::none);
  barge_in.heard(Wording::words);
  EXPECT_EQ(barge_in.update(2'100ms, 0ms, now + 2'100ms), BargeIn::Decision::stop);
}

TEST(BargeIn, ResumesAfterABackchannelAndPausesForWhatFollows) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.heard(Wording::backchannel);
  EXPECT_EQ(barge_in.update(480ms, 0ms, now + 400ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(480ms, 100ms, now + 500ms), BargeIn::Decision::resume);
  EXPECT_EQ(barge_in.update(532ms, 0ms, now + 700ms), BargeIn::Decision::none);
  EXPECT_EQ(barge_in.update(576ms, 0ms, now + 740ms), BargeIn::Decision::pause);
  barge_in.heard(Wording::words);
  EXPECT_EQ(barge_in.update(600ms, 0ms, now + 800ms), BargeIn::Decision::stop);
}

TEST(BargeIn, ForgetsTheWordsOfTheSoundBefore) {
  BargeIn barge_in{TurnTiming{}};
  const Timepoint now{};
  EXPECT_EQ(barge_in.update(96ms, 0ms, now), BargeIn::Decision::pause);
  barge_in.heard(Wording::words);
  barge_in.reset();
  barge_in.heard(Wording::words);  // of the turn that is being answered
  EXPECT_EQ(barge_in.update(96ms, 0ms, now + 5s), BargeIn::Decision::pause);
  EXPECT_EQ(barge_in.update(96ms, 40ms, now + 5020ms), BargeIn::Decision::none);
}

}  // namespace
}  // namespace antiphon

#include "engine/playout_clock.h"

#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

std::vector<Sample> voice(std::size_t count) { return std::vector<Sample>(count, 5'000); }
std::vector<Sample> silence(std::size_t count) { return std::vector<Sample>(count); }

// A clause that is spoken as it is written, all of it there.
PlayoutClock clock_of(const std::string& text, const std::vector<std::vector<Sample>>& chunks,
                      const std::vector<WordTime>& words = {}) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause(text, {}, 0);
  clock.add_words(words);
  for (const auto& chunk : chunks)
    clock.add_samples(chunk);
  clock.end_clause();
  return clock;
}

std::size_t word_count(const std::string& text) {
  return text.empty() ? 0 : static_cast<std::size_t>(std::ranges::count(text, ' ')) + 1;
}

TEST(PlayoutClock, SharesAClauseAmongEqualWordsWithoutItsSilence) {
  const PlayoutClock clock =
      clock_of("bada kuda lido", {silence(1'600), voice(15'000), silence(8'000)});
  EXPECT_EQ(clock.heard(0), "");
  EXPECT_EQ(clock.heard(4'000), "");
  EXPECT_EQ(clock.heard(4'200), "bada");
  EXPECT_EQ(clock.heard(9'000), "bada");
  EXPECT_EQ(clock.heard(9'200), "bada kuda");
  EXPECT_EQ(clock.heard(16'600), "bada kuda lido");
}

TEST(PlayoutClock, GivesAWordOfManySyllablesMoreTimeThanItsLetters) {
  const PlayoutClock clock = clock_of("banana strengths", {voice(16'000)});
  EXPECT_EQ(clock.heard(3'300), "");  // half of six letters of sixteen would be 3,000
  EXPECT_EQ(clock.heard(4'000), "banana");
}

TEST(PlayoutClock, PutsAPauseWhereThePunctuationIs) {
  // By their syllables the first three words would last until 7,200.
  const PlayoutClock clock =
      clock_of("one two three, four five", {voice(4'800), silence(4'000), voice(7'200)});
  EXPECT_EQ(clock.heard(4'800), "one two three,");
  EXPECT_EQ(clock.heard(8'800), "one two three,");
  EXPECT_EQ(clock.word_border(9'200), 8'800U - 320U);
}

TEST(PlayoutClock, TakesTheClosureOfAPlosiveForNoPauseBetweenWords) {
  const PlayoutClock clock =
      clock_of("bada kuda lido", {voice(7'000), silence(1'000), voice(7'000)});
  EXPECT_EQ(clock.heard(7'000), "bada");
  EXPECT_EQ(clock.heard(9'000), "bada kuda");
}

TEST(PlayoutClock, BelievesWordTimesAndNoneThatLieOutside) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("one two", {}, 320);
  clock.add_samples(voice(16'000));
  const std::vector<WordTime> words{{0, 3, 0ms, 100ms}, {4, 7, 500ms, 900ms}, {4, 70, 0ms, 10ms}};
  clock.add_words(words);
  EXPECT_EQ(clock.heard(320 + 8'000), "one");
  EXPECT_EQ(clock.heard(320 + 11'300), "one two");
  EXPECT_EQ(clock.word_border(320 + 9'000), 8'000U);
}

TEST(PlayoutClock, PlacesWordsWithoutATimeBetweenTheirNeighbours) {
  const PlayoutClock clock =
      clock_of("one - two six", {voice(32'000)}, {{0, 3, 0ms, 200ms}, {6, 9, 1'000ms, 1'200ms}});
  EXPECT_EQ(clock.heard(1'700), "one");
  EXPECT_EQ(clock.heard(16'000), "one -");
  EXPECT_EQ(clock.heard(17'700), "one - two");
  EXPECT_EQ(clock.heard(25'700), "one - two six");
}

TEST(PlayoutClock, PrefersTheMostWordTimesThatAgree) {
  // The third claim is a lie: it would end the clause at its beginning.
  const PlayoutClock clock = clock_of(
      "one two six ten", {voice(16'000)},
      {{0, 3, 0ms, 200ms}, {4, 7, 250ms, 450ms}, {8, 11, 0ms, 10ms}, {12, 15, 750ms, 950ms}});
  EXPECT_EQ(clock.heard(1'000), "");
  EXPECT_EQ(clock.heard(6'000), "one two");
  EXPECT_EQ(clock.heard(11'000), "one two six");
}

TEST(PlayoutClock, AnswersInWrittenWordsForWhatIsSpoken) {
  // "That is $3.50 today." spoken as "That is three dollars fifty today."
  const std::vector<SpokenPiece> pieces{
      {0, 4, 0, 4}, {5, 7, 5, 7}, {8, 27, 8, 13}, {28, 34, 14, 20}};
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("That is $3.50 today.", pieces, 0);
  clock.add_samples(voice(32'000));
  const std::vector<WordTime> words{{0, 4, 0ms, 200ms},         {5, 7, 200ms, 300ms},
                                    {8, 13, 300ms, 600ms},      {14, 21, 600ms, 1'000ms},
                                    {22, 27, 1'000ms, 1'300ms}, {28, 34, 1'300ms, 2'000ms}};
  clock.add_words(words);
  clock.end_clause();
  EXPECT_EQ(clock.heard(samples_in(780ms)), "That is");
  EXPECT_EQ(clock.heard(samples_in(820ms)), "That is $3.50");
  EXPECT_EQ(clock.heard(samples_in(1'900ms)), "That is $3.50 today.");
  EXPECT_EQ(clock.word_border(samples_in(1'200ms)), samples_in(300ms));
}

TEST(PlayoutClock, EstimatesSpokenWordsThatItCannotSee) {
  const std::vector<SpokenPiece> pieces{{0, 19, 0, 5}, {20, 22, 6, 8}};
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("$3.50 up", pieces, 0);
  clock.add_samples(voice(16'000));
  clock.end_clause();
  EXPECT_EQ(clock.heard(5'000), "");
  EXPECT_EQ(clock.heard(9'000), "$3.50");
  EXPECT_EQ(clock.heard(13'000), "$3.50");
}

TEST(PlayoutClock, LeavesOutAClauseWithoutSound) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("first", {}, 0);
  clock.add_samples(voice(1'000));
  clock.end_clause();
  clock.begin_clause("lost", {}, 1'000);
  clock.end_clause();
  clock.begin_clause("mute", {}, 1'000);
  const std::vector<WordTime> words{{0, 4, 0ms, 10ms}};
  clock.add_words(words);
  clock.add_samples(silence(500));
  clock.end_clause();
  clock.begin_clause("third", {}, 1'500);
  clock.add_samples(voice(1'000));
  clock.end_clause();
  EXPECT_EQ(clock.heard(2'500), "first third");
}

TEST(PlayoutClock, EstimatesAClauseThatIsStillGrowing) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("bada kuda lido memo", {}, 0);
  clock.add_samples(voice(8'000));
  // 275 ms a word: so many consonants and syllables.
  EXPECT_EQ(clock.heard(2'150), "");
  EXPECT_EQ(clock.heard(2'250), "bada");
  EXPECT_EQ(clock.heard(8'000), "bada kuda");
}

TEST(PlayoutClock, WaitsAtThePunctuationOfAClauseThatIsStillGrowing) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("bada kuda, lido memo bada kuda", {}, 0);
  clock.add_samples(voice(7'000));  // a quarter less than expected
  clock.add_samples(silence(4'000));
  clock.add_samples(voice(3'000));
  EXPECT_EQ(clock.heard(7'000), "bada kuda,");
  EXPECT_EQ(clock.heard(11'000), "bada kuda,");
  EXPECT_EQ(clock.heard(13'500), "bada kuda, lido");
}

TEST(PlayoutClock, LearnsThePaceFromTheClausesBefore) {
  PlayoutClock clock;
  clock.begin();
  // A clause of 1.1 seconds takes 2.5: the next are expected to take half as long again as usual.
  clock.begin_clause("bada kuda lido memo", {}, 0);
  clock.add_samples(voice(40'000));
  clock.end_clause();
  clock.begin_clause("bada kuda", {}, 40'000);
  clock.add_samples(voice(8'000));
  EXPECT_EQ(clock.heard(43'100), "bada kuda lido memo");
  EXPECT_EQ(clock.heard(43'400), "bada kuda lido memo bada");
  clock.begin();
  clock.begin_clause("bada kuda", {}, 0);
  clock.add_samples(voice(8'000));
  EXPECT_EQ(clock.heard(3'100), "");
  EXPECT_EQ(clock.heard(3'400), "bada");
}

// Any claims at all: unordered, overlapping, negative, beyond the text and the sound.
std::vector<WordTime> lies(SeededRandom& random) {
  std::vector<WordTime> words;
  for (std::uint64_t left = random.below(12); left > 0; --left) {
    const auto begin = static_cast<std::uint32_t>(random.below(50));
    const auto starts = std::chrono::milliseconds(static_cast<int>(random.below(5'000)) - 500);
    words.push_back(
        {begin, begin + static_cast<std::uint32_t>(random.below(12)), starts,
         starts + std::chrono::milliseconds(static_cast<int>(random.below(900)) - 200)});
  }
  if (random.below(10) == 0) words.push_back({0, 4, 0ms, std::chrono::milliseconds::max()});
  return words;
}

TEST(PlayoutClock, NeverGoesBackwardsWhateverTheSynthesizerClaims) {
  SeededRandom random{Seed{5}};
  const std::string text = "Well, this is a sentence of some words, is it not?";
  for (int round = 0; round < 60; ++round) {
    PlayoutClock clock;
    clock.begin();
    clock.begin_clause(text, {}, 0);
    clock.add_words(lies(random));
    for (int chunk = 0; chunk < 3; ++chunk) {
      clock.add_samples(voice(random.below(16'000) + 1));
      clock.add_samples(silence(random.below(6'000)));
    }
    if (round % 3 != 0) clock.end_clause();
    std::string last;
    SampleIndex border = 0;
    for (SampleIndex sent = 0; sent < 80'000; sent += 900) {
      const std::string heard = clock.heard(sent);
      EXPECT_TRUE(heard.starts_with(last) && text.starts_with(heard)) << "round " << round;
      EXPECT_GE(clock.word_border(sent), border) << "round " << round;
      EXPECT_LE(clock.word_border(sent), sent) << "round " << round;
      last = heard;
      border = clock.word_border(sent);
    }
    if (round % 3 != 0) EXPECT_EQ(last, text) << "round " << round;
  }
}

TEST(PlayoutClock, ResumesAtTheBeginningOfAWordAndLosesNone) {
  // Words of 300 ms with 100 ms between them.
  const std::string text = "aaa bbb ccc ddd eee";
  std::vector<WordTime> times;
  for (std::uint32_t word = 0; word < 5; ++word) {
    const auto starts = std::chrono::milliseconds(word * 400);
    times.push_back({word * 4, word * 4 + 3, starts, starts + 300ms});
  }
  const PlayoutClock clock = clock_of(text, {voice(32'000)}, times);
  for (SampleIndex sent = 1; sent < 32'000; sent += 37) {
    const SampleIndex border = clock.word_border(sent);
    const SampleIndex word = sent / samples_in(400ms);
    // Shortly before the word begins, never inside it: 20 ms belong to its onset.
    const SampleIndex begins = word * samples_in(400ms);
    EXPECT_EQ(border, begins - std::min<SampleIndex>(begins, 320)) << sent;
    EXPECT_EQ(word_count(clock.heard(border)), word) << sent;
  }
}

TEST(PlayoutClock, KeepsAThousandWordTimesAndNoMore) {
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause("one two", {}, 0);
  const std::vector<WordTime> early(1'000, {0, 3, 0ms, 100ms});
  clock.add_words(early);
  const std::vector<WordTime> late{{4, 7, 100ms, 150ms}};
  clock.add_words(late);
  clock.add_samples(voice(32'000));
  clock.end_clause();
  EXPECT_EQ(clock.heard(samples_in(160ms)), "one");
}

TEST(PlayoutClock, StaysQuickWithALongClauseFullOfPauses) {
  std::string text;
  for (int word = 0; word < 120; ++word)
    text += "a, ";
  PlayoutClock clock;
  clock.begin();
  clock.begin_clause(text, {}, 0);
  for (int pause = 0; pause < 400; ++pause) {
    clock.add_samples(voice(800));
    clock.add_samples(silence(1'600));
  }
  clock.end_clause();
  const std::string heard = clock.heard(480'000);
  EXPECT_GT(word_count(heard), 45U);
  EXPECT_LT(word_count(heard), 75U);
}

}  // namespace
}  // namespace antiphon

#include "providers/builtin/grounding.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Passages = std::vector<Passage>;
using Words = std::vector<std::string>;

Passage passage(std::string text, double score, std::int32_t ordinal = 0) {
  return {DocumentId{}, ordinal, "Title", "Heading", std::move(text), score};
}

Passages prices(double score) {
  return {passage("Whitening costs three hundred dollars.", score, 0),
          passage("A crown costs eight hundred dollars.", 0.40, 1),
          passage("A cleaning costs ninety dollars.", 0.40, 2),
          passage("A checkup costs forty dollars.", 0.40, 3)};
}

TEST(Grounding, BelievesAHighScoreWithoutASharedWord) {
  EXPECT_EQ(judge("anything at all", prices(kScoreSure)).verdict, Verdict::answers);
}

TEST(Grounding, DoubtsAWordThatEveryPassageHolds) {
  const Grounding grounding = judge("How much does a haircut cost?", prices(0.50));
  EXPECT_EQ(grounding.verdict, Verdict::look_for_missing);
  EXPECT_EQ(grounding.missing, "haircut");
}

TEST(Grounding, BelievesAWordThatFewPassagesHold) {
  EXPECT_EQ(judge("What would whitening be?", prices(0.50)).verdict, Verdict::answers);
}

TEST(Grounding, BelievesALowScoreWhenHalfOfTheQuestionStandsInTheSentence) {
  const Passages parking{passage("You can park your car for free.", 0.40)};
  EXPECT_EQ(judge("Where can I part my car?", parking).verdict, Verdict::answers);
  EXPECT_EQ(judge("Where do people buy a used car?", parking).verdict, Verdict::does_not);
}

TEST(Grounding, TakesTheShapeOfAQuestionForNoEvidence) {
  const Passages times{passage("A checkup takes a long time.", 0.42)};
  EXPECT_EQ(judge("How long does it take to boil an egg?", times).verdict, Verdict::does_not);
}

TEST(Grounding, AsksWhatAWordMeansThatTheSentenceDoesNotHold) {
  const Passage rack = passage("You can lock your bicycle in the rack.", 0.50, 4);
  EXPECT_EQ(judge("My bike?", {rack}).missing, "bike");
  EXPECT_TRUE(means_the_missing(rack, {passage("", 0.6, 1), passage("", kMissingMin, 4)}));
  EXPECT_FALSE(means_the_missing(rack, {passage("", 0.6, 1), passage("", 0.39, 4)}));
}

TEST(Grounding, SuspectsTheWordsThatNoPassageHolds) {
  const Passages hours{passage("We are closed on Sunday.", 0.7), passage("Pay by bank.", 0.3)};
  EXPECT_EQ(foreign_candidates("are the shops closed on sunday", hours), Words{"shops"});
  EXPECT_EQ(foreign_candidates("are the banks closed on sunday", hours), Words{});
  EXPECT_EQ(foreign_candidates("is someone there now", hours), Words{}) << "words of shape";
  EXPECT_EQ(foreign_candidates("a1 b2 c3 d4 e5 f6 g7", hours).size(), kForeignWordsMax);
}

TEST(Grounding, TakesAWordOutOfAQuestion) {
  EXPECT_EQ(without("are the banks open", "banks"), "are the open");
  EXPECT_EQ(without("banks open banks", "banks"), "open");
  EXPECT_EQ(without("banks", "banks"), "");
}

TEST(Grounding, SeesThatASentenceComesNearerWithoutAWord) {
  Passage best = passage("We are closed on Sunday.", kScoreSure - 0.01, 3);
  best.likeness = 0.5;
  Passage again = best;
  again.likeness = best.likeness + kForeignMin + 0.001;
  EXPECT_TRUE(is_nearer(best, {again}));
  best.score = kScoreSure;
  EXPECT_FALSE(is_nearer(best, {again})) << "a sure score needs more";
  again.likeness = best.likeness + kForeignSure + 0.001;
  EXPECT_TRUE(is_nearer(best, {again}));
  again.ordinal = 4;
  EXPECT_FALSE(is_nearer(best, {again})) << "another sentence";
}

TEST(Grounding, OfNothingIsNoAnswer) { EXPECT_EQ(judge("Where?", {}).verdict, Verdict::does_not); }

}  // namespace
}  // namespace antiphon

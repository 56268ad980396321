#include "providers/builtin/mishearing.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Passages = std::vector<Passage>;

Passage passage(std::string text) {
  return {DocumentId{}, 0, "Title", "Prices", std::move(text), 0.3};
}

TEST(Mishearing, ReadsAWordThatSoundsLikeOneOfTheKnowledge) {
  const Passages parking{passage("You can park your car for free.")};
  EXPECT_EQ(as_may_have_been_said("where can i part my car", parking), "where can i park my car");
}

TEST(Mishearing, ReadsTwoWordsAsOne) {
  const Passages access{passage("Every room is wide enough for a wheelchair.")};
  EXPECT_EQ(as_may_have_been_said("can i come with a real chair", access),
            "can i come with a wheelchair");
}

TEST(Mishearing, ReadsTwoWordsAsTwoOthers) {
  const Passages prices{passage("Tooth whitening costs three hundred dollars.")};
  EXPECT_EQ(as_may_have_been_said("how much is to thwietening", prices),
            "how much is tooth whitening");
}

TEST(Mishearing, ReadsWhatStandsInAHeading) {
  EXPECT_EQ(as_may_have_been_said("tell me the braces", {passage("A crown costs ten.")}),
            "tell me the prices");
}

TEST(Mishearing, LeavesWordsThatTheKnowledgeHolds) {
  const Passages parking{passage("The park is part of our garden.")};
  EXPECT_EQ(as_may_have_been_said("where can i part", parking), "");
}

TEST(Mishearing, LeavesWordsThatSoundLikeNothingThere) {
  const Passages parking{passage("You can park your car for free.")};
  EXPECT_EQ(as_may_have_been_said("can you repair my dishwasher", parking), "");
  EXPECT_EQ(as_may_have_been_said("can i buy a jar", parking), "") << "too short to be sure";
  EXPECT_EQ(as_may_have_been_said("", parking), "");
  EXPECT_EQ(as_may_have_been_said("part", {}), "");
}

TEST(Mishearing, ReadsOnlyQuestions) {
  std::string speech;
  for (std::size_t word = 0; word <= kWordsRead; ++word)
    speech += "part ";
  EXPECT_EQ(as_may_have_been_said(speech, {passage("You can park your car.")}), "");
}

}  // namespace
}  // namespace antiphon

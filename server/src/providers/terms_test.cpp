#include "providers/terms.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Texts = std::vector<std::string>;

TEST(IndexTerms, DropStopWordsAndPlurals) {
  EXPECT_EQ(index_terms("What are your Prices, and the hours for berries?"),
            (Texts{"pric", "hour", "berry"}));
}

TEST(IndexTerms, BringTheFormsOfAWordTogether) {
  EXPECT_EQ(index_terms("She cleans. The cleanings. Cleaning."),
            (Texts{"she", "clean", "clean", "clean"}));
}

TEST(IndexTerms, BringThePastAndThePresentTogether) {
  EXPECT_EQ(index_terms("missed, miss; closed, closes, close"),
            (Texts{"miss", "miss", "clos", "clos", "clos"}));
  EXPECT_EQ(index_terms("need, speed"), (Texts{"need", "speed"}));
}

TEST(IndexTerms, KnowPluralsWithoutAnEnding) {
  EXPECT_EQ(index_terms("teeth and a tooth, children and a child"),
            (Texts{"tooth", "tooth", "child", "child"}));
}

TEST(IndexTerms, LeaveShortWordsThatEndInIngAlone) {
  EXPECT_EQ(index_terms("bring, during, king"), (Texts{"bring", "during", "king"}));
}

}  // namespace
}  // namespace antiphon

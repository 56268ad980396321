#include "providers/terms.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Texts = std::vector<std::string>;

TEST(IndexTerms, DropStopWordsAndPlurals) {
  EXPECT_EQ(index_terms("What are your Prices, and the hours for berries?"),
            (Texts{"price", "hour", "berry"}));
}

TEST(IndexTerms, BringTheFormsOfAWordTogether) {
  EXPECT_EQ(index_terms("She cleans. The cleanings. Cleaning."),
            (Texts{"she", "clean", "clean", "clean"}));
}

TEST(IndexTerms, LeaveShortWordsThatEndInIngAlone) {
  EXPECT_EQ(index_terms("bring, during, king"), (Texts{"bring", "during", "king"}));
}

}  // namespace
}  // namespace antiphon
